# The active controller is cut off from the other two: it resigns when no majority fetches
# from it, another is elected, and the old one follows when the network heals.
# rules: RAFT-2, RAFT-5, RAFT-9, RAFT-11, RAFT-12, BRK-9
scenario 1
cluster brokers=3 controllers=3
wait 1s
partition 102 | 100,101,0,1,2
wait 6s
| controller 100 leads the quorum in epoch 3
| controller 102 resigns in epoch 1
heal
wait 5s
| In the end:
| records: 0 sent, 0 acknowledged, 0 failed, 0 lost, 0 duplicated
