# Killed and started at once: the controller takes the new process for a double of the
# old one until the old session has ended.
# rules: BRK-1, BRK-2, BRK-6, BRK-7, BRK-10, REP-22, REP-30
scenario 1
cluster brokers=3 controllers=1
placement payments 0=0,1,2
$ kafka-topics.sh --create --topic payments --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic payments.
| log: topic payments; payments-0 replicas [0,1,2] leader 0
| broker 0 leads payments-0 in epoch 0 from offset 0
| broker 1 follows 0 in payments-0, epoch 0
| broker 2 follows 0 in payments-0, epoch 0
crash 0
start 0
wait 5s
# Still refused.
$ kafka-topics.sh --describe --topic payments --bootstrap-server localhost:9093
| Topic: payments	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: payments	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
wait 12s
| log: payments-0 leader 1 ISR [1,2]; broker 0 fenced
| log: broker 0 registers
| log: broker 0 unfenced
| log: payments-0 ISR [0,1,2]
| broker 0 follows 1 in payments-0, epoch 1
| broker 1 leads payments-0 in epoch 1 from offset 0
| broker 1 asks for the ISR [0,1,2] of payments-0
| broker 2 follows 1 in payments-0, epoch 1
$ kafka-topics.sh --describe --topic payments --bootstrap-server localhost:9093
| Topic: payments	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: payments	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| payments-0: leader 1, ISR [0,1,2], ELR []
|   on 0: empty (epochs )
|   on 1: empty (epochs 1@0)
|   on 2: empty (epochs )
| records: 0 sent, 0 acknowledged, 0 failed, 0 lost, 0 duplicated
