# Without eligible leader replicas the last one in sync stays in the ISR although it is
# dead: nobody else may lead until it is back.
# rules: REP-36, REP-30, BRK-5, BRK-7
scenario 1
cluster brokers=3 controllers=1
elr off
placement alone 0=0,1,2
$ kafka-topics.sh --create --topic alone --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic alone.
| log: topic alone; alone-0 replicas [0,1,2] leader 0
| broker 0 leads alone-0 in epoch 0 from offset 0
| broker 1 follows 0 in alone-0, epoch 0
| broker 2 follows 0 in alone-0, epoch 0
producer p0 acks=1
send p0 alone everybody
wait 1s
| p0: `everybody` acknowledged at alone-0 0
crash 1
wait 12s
| log: alone-0 ISR [0,2]; broker 1 fenced
crash 2
wait 12s
| log: alone-0 ISR [0]; broker 2 fenced
send p0 alone only-zero
wait 1s
| p0: `only-zero` acknowledged at alone-0 1
crash 0
wait 12s
| log: alone-0 leader none; broker 0 fenced
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced
| broker 1 has no leader to follow in alone-0, epoch 1
$ kafka-topics.sh --describe --topic alone --bootstrap-server localhost:9093
| Topic: alone	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs:
| 	Topic: alone	Partition: 0	Leader: none	Replicas: 0,1,2	Isr: 0	Elr: 	LastKnownElr:
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced; alone-0 leader 0
| log: alone-0 ISR [0,1]
| broker 0 has no leader to follow in alone-0, epoch 1
| broker 0 leads alone-0 in epoch 2 from offset 2
| broker 0 asks for the ISR [0,1] of alone-0
| broker 1 follows 0 in alone-0, epoch 2
start 2
wait 5s
| log: broker 2 registers
| log: broker 2 unfenced
| log: alone-0 ISR [0,1,2]
| broker 0 asks for the ISR [0,1,2] of alone-0
| broker 2 follows 0 in alone-0, epoch 2
| In the end:
| alone-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:everybody 0:only-zero (epochs 0@0 2@2)
|   on 1: 0:everybody 0:only-zero (epochs 0@0)
|   on 2: 0:everybody 0:only-zero (epochs 0@0)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
