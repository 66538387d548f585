# The leader is cut off from everybody but the client: it does not know that it is
# deposed and still takes records with acks=1. When the network heals they are cut off.
# rules: BRK-6, BRK-11, MET-1, REP-14, REP-18, REP-24, REP-25, REP-39
scenario 1
cluster brokers=3 controllers=1
placement split 0=0,1,2
$ kafka-topics.sh --create --topic split --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic split.
| log: topic split; split-0 replicas [0,1,2] leader 0
| broker 0 leads split-0 in epoch 0 from offset 0
| broker 1 follows 0 in split-0, epoch 0
| broker 2 follows 0 in split-0, epoch 0
producer one acks=1
send one split before
wait 1s
| one: `before` acknowledged at split-0 0
partition 0 | 1,2,100
send one split to-the-old-leader
wait 2s
| one: `to-the-old-leader` acknowledged at split-0 1
wait 10s
| log: split-0 leader 1 ISR [1,2]; broker 0 fenced
| broker 1 leads split-0 in epoch 1 from offset 1
| broker 2 follows 1 in split-0, epoch 1
$ kafka-topics.sh --describe --topic split --bootstrap-server localhost:9093
| Topic: split	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: split	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 1,2	Elr: 	LastKnownElr:
heal
wait 10s
| log: broker 0 unfenced
| log: split-0 ISR [0,1,2]
| broker 0 follows 1 in split-0, epoch 1
| broker 0 cuts split-0 from 2 back to 1
| broker 1 asks for the ISR [0,1,2] of split-0
$ kafka-topics.sh --describe --topic split --bootstrap-server localhost:9093
| Topic: split	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: split	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| split-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:before (epochs 0@0)
|   on 1: 0:before (epochs 0@0 1@1)
|   on 2: 0:before (epochs 0@0)
| records: 2 sent, 2 acknowledged, 0 failed, 1 lost, 0 duplicated
| INV-13 NoCommittedLost: broken, as acks=1 permits
