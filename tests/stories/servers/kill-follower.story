# A follower is killed: the leader goes on, but acks=all waits for the follower until it
# is fenced. With the ISR one smaller everything is acknowledged again.
# rules: BRK-1, BRK-2, BRK-6, BRK-7, REP-9, REP-17, REP-19, REP-20, REP-22, REP-39
scenario 1
cluster brokers=3 controllers=1
placement payments 0=0,1,2
$ kafka-topics.sh --create --topic payments --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic payments.
| log: topic payments; payments-0 replicas [0,1,2] leader 0
| broker 0 leads payments-0 in epoch 0 from offset 0
| broker 1 follows 0 in payments-0, epoch 0
| broker 2 follows 0 in payments-0, epoch 0
producer all acks=all
producer one acks=1
send all payments first
wait 1s
| all: `first` acknowledged at payments-0 0
crash 2
send all payments waits
send one payments at-once
wait 5s
| one: `at-once` acknowledged at payments-0 2
wait 6s
| log: payments-0 ISR [0,1]; broker 2 fenced
| all: `waits` acknowledged at payments-0 1
start 2
wait 5s
| log: broker 2 registers
| log: broker 2 unfenced
| log: payments-0 ISR [0,1,2]
| broker 0 asks for the ISR [0,1,2] of payments-0
| broker 2 follows 0 in payments-0, epoch 0
| In the end:
| payments-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:first 0:waits 0:at-once (epochs 0@0)
|   on 1: 0:first 0:waits 0:at-once (epochs 0@0)
|   on 2: 0:first 0:waits 0:at-once (epochs 0@0)
| records: 3 sent, 3 acknowledged, 0 failed, 0 lost, 0 duplicated
