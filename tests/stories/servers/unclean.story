# unclean.leader.election.enable=true: a replica that missed records leads when nobody
# else is left. What it missed is lost, also where it was acknowledged.
# rules: REP-25, REP-30, REP-31, REP-32, BRK-2, BRK-5
scenario 1
cluster brokers=3 controllers=1
placement alone 0=0,1,2
$ kafka-topics.sh --create --topic alone --partitions 1 --replication-factor 3 --config unclean.leader.election.enable=true --bootstrap-server localhost:9092
| Created topic alone.
| log: topic alone; config unclean.leader.election.enable=true; alone-0 replicas [0,1,2] leader 0
| broker 0 leads alone-0 in epoch 0 from offset 0
| broker 1 follows 0 in alone-0, epoch 0
| broker 2 follows 0 in alone-0, epoch 0
producer p0 acks=all
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
| log: alone-0 leader none ISR [] ELR [0] last known ELR [0]; broker 0 fenced
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced; alone-0 leader 1 ISR [1] ELR [] last known ELR [] unclean
| broker 1 has no leader to follow in alone-0, epoch 1
| broker 1 leads alone-0 in epoch 2 from offset 1
$ kafka-topics.sh --describe --topic alone --bootstrap-server localhost:9093
| Topic: alone	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1,unclean.leader.election.enable=true
| 	Topic: alone	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 1	Elr: 	LastKnownElr:
send p0 alone anew
wait 1s
| broker 1 refuses records for alone-0: OutOfOrderSequenceNumber
| p0: `anew` acknowledged at alone-0 1
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: alone-0 ISR [0,1] recovered
| broker 0 follows 1 in alone-0, epoch 2
| broker 0 cuts alone-0 from 2 back to 1
| broker 1 asks for the ISR [0,1] of alone-0
start 2
wait 5s
| log: broker 2 registers
| log: broker 2 unfenced
| log: alone-0 ISR [0,1,2]
| broker 1 asks for the ISR [0,1,2] of alone-0
| broker 2 follows 1 in alone-0, epoch 2
| In the end:
| alone-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:everybody 2:anew (epochs 0@0 2@1)
|   on 1: 0:everybody 2:anew (epochs 0@0 2@1)
|   on 2: 0:everybody 2:anew (epochs 0@0 2@1)
| records: 3 sent, 3 acknowledged, 0 failed, 1 lost, 0 duplicated
| INV-12 LeaderComplete: broken, as unclean.leader.election.enable=true permits
| INV-13 NoCommittedLost: broken, as unclean.leader.election.enable=true permits
| INV-16 TrueHwMonotone: broken, as unclean.leader.election.enable=true permits
