# A broker is stopped cleanly: it hands its leaderships over before it goes, so nobody
# waits for a session to end. It had saved its epoch: on its return it is trusted.
# rules: BRK-2, BRK-4, BRK-6, BRK-8, BRK-10, REP-22, REP-30
scenario 1
cluster brokers=3 controllers=1
placement payments 0=0,1,2 1=1,2,0
$ kafka-topics.sh --create --topic payments --partitions 2 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic payments.
| log: topic payments; payments-0 replicas [0,1,2] leader 0; payments-1 replicas [1,2,0] leader 1
| broker 0 leads payments-0 in epoch 0 from offset 0
| broker 0 follows 1 in payments-1, epoch 0
| broker 1 follows 0 in payments-0, epoch 0
| broker 1 leads payments-1 in epoch 0 from offset 0
| broker 2 follows 0 in payments-0, epoch 0
| broker 2 follows 1 in payments-1, epoch 0
producer p0 acks=all
send p0 payments before partition=0
wait 1s
| p0: `before` acknowledged at payments-0 0
stop 0
wait 4s
| log: broker 0 in controlled shutdown; payments-0 leader 1 ISR [1,2]; payments-1 ISR [1,2]
| log: broker 0 fenced
| broker 0 follows 1 in payments-0, epoch 1
| broker 0 has stopped cleanly
| broker 1 leads payments-0 in epoch 1 from offset 1
| broker 2 follows 1 in payments-0, epoch 1
send p0 payments after partition=0
wait 1s
| p0: `after` acknowledged at payments-0 1
# The second fencing comes nine seconds after the last heartbeat and changes nothing.
wait 10s
| log: broker 0 fenced
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: payments-0 ISR [0,1,2]
| log: payments-1 ISR [0,1,2]
| broker 0 follows 1 in payments-0, epoch 1
| broker 0 follows 1 in payments-1, epoch 0
| broker 1 asks for the ISR [0,1,2] of payments-0
| broker 1 asks for the ISR [0,1,2] of payments-1
# A broker that leads nothing is fenced and gone in one event.
stop 0
wait 4s
| log: payments-0 ISR [1,2]; payments-1 ISR [1,2]; broker 0 fenced
| broker 0 has stopped cleanly
| In the end:
| payments-0: leader 1, ISR [1,2], ELR []
|   on 0: 0:before 1:after (epochs 0@0 1@1)
|   on 1: 0:before 1:after (epochs 0@0 1@1)
|   on 2: 0:before 1:after (epochs 0@0 1@1)
| payments-1: leader 1, ISR [1,2], ELR []
|   on 0: empty (epochs )
|   on 1: empty (epochs 0@0)
|   on 2: empty (epochs )
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
