# After a failover the first replica is back but does not lead; the periodic pass moves
# the leadership back to it, if leaders are out of balance.
# rules: REP-30, REP-32, REP-38
scenario 1
cluster brokers=3 controllers=1
set leader.imbalance.check.interval.seconds=30
placement steady 0=0,1,2 1=1,2,0
$ kafka-topics.sh --create --topic steady --partitions 2 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic steady.
| log: topic steady; steady-0 replicas [0,1,2] leader 0; steady-1 replicas [1,2,0] leader 1
| broker 0 leads steady-0 in epoch 0 from offset 0
| broker 0 follows 1 in steady-1, epoch 0
| broker 1 follows 0 in steady-0, epoch 0
| broker 1 leads steady-1 in epoch 0 from offset 0
| broker 2 follows 0 in steady-0, epoch 0
| broker 2 follows 1 in steady-1, epoch 0
crash 0
wait 12s
| log: steady-0 leader 1 ISR [1,2]; steady-1 ISR [1,2]; broker 0 fenced
| broker 1 leads steady-0 in epoch 1 from offset 0
| broker 2 follows 1 in steady-0, epoch 1
start 0
wait 4s
| log: broker 0 registers
| log: broker 0 unfenced
| log: steady-0 ISR [0,1,2]
| log: steady-1 ISR [0,1,2]
| broker 0 follows 1 in steady-0, epoch 1
| broker 0 follows 1 in steady-1, epoch 0
| broker 1 asks for the ISR [0,1,2] of steady-0
| broker 1 asks for the ISR [0,1,2] of steady-1
$ kafka-topics.sh --describe --topic steady --bootstrap-server localhost:9093
| Topic: steady	TopicId: (id)	PartitionCount: 2	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: steady	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| 	Topic: steady	Partition: 1	Leader: 1	Replicas: 1,2,0	Isr: 0,1,2	Elr: 	LastKnownElr:
wait 30s
| log: steady-0 leader 0
| broker 0 leads steady-0 in epoch 2 from offset 0
| broker 1 follows 0 in steady-0, epoch 2
| broker 2 follows 0 in steady-0, epoch 2
$ kafka-topics.sh --describe --topic steady --bootstrap-server localhost:9093
| Topic: steady	TopicId: (id)	PartitionCount: 2	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: steady	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| 	Topic: steady	Partition: 1	Leader: 1	Replicas: 1,2,0	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| steady-0: leader 0, ISR [0,1,2], ELR []
|   on 0: empty (epochs 2@0)
|   on 1: empty (epochs 1@0)
|   on 2: empty (epochs )
| steady-1: leader 1, ISR [0,1,2], ELR []
|   on 0: empty (epochs )
|   on 1: empty (epochs 0@0)
|   on 2: empty (epochs )
| records: 0 sent, 0 acknowledged, 0 failed, 0 lost, 0 duplicated
