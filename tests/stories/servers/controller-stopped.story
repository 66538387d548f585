# The active controller is stopped cleanly: it tells the others, and the first of them
# asks for votes at once instead of waiting for its fetch to time out.
# rules: RAFT-10
scenario 1
cluster brokers=3 controllers=3
wait 1s
stop 102
wait 1s
| controller 100 leads the quorum in epoch 2
| controller 102 resigns in epoch 1
start 102
wait 3s
| In the end:
| records: 0 sent, 0 acknowledged, 0 failed, 0 lost, 0 duplicated
