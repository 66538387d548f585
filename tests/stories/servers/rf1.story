# Replication factor 1: nobody can take over. The partition waits for its only broker.
# rules: REP-30, REP-34, REP-35, BRK-1, BRK-2, BRK-7
scenario 1
cluster brokers=3 controllers=1
placement single 0=1
$ kafka-topics.sh --create --topic single --partitions 1 --replication-factor 1 --bootstrap-server localhost:9092
| Created topic single.
| log: topic single; single-0 replicas [1] leader 1
| broker 1 leads single-0 in epoch 0 from offset 0
producer p0 acks=all delivery.timeout.ms=20000 request.timeout.ms=3000
send p0 single kept
wait 1s
| p0: `kept` acknowledged at single-0 0
crash 1
wait 12s
| log: single-0 leader none ISR [] ELR [1] last known ELR [1]; broker 1 fenced
$ kafka-topics.sh --describe --topic single --bootstrap-server localhost:9092
| Topic: single	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 1	Configs: min.insync.replicas=1
| 	Topic: single	Partition: 0	Leader: none	Replicas: 1	Isr: 	Elr: 1	LastKnownElr: 1
send p0 single waits
wait 5s
start 1
wait 8s
| log: single-0 ELR []; broker 1 registers
| log: broker 1 unfenced; single-0 leader 1 ISR [1] last known ELR [] unclean
| broker 1 has no leader to follow in single-0, epoch 1
| broker 1 leads single-0 in epoch 2 from offset 1
| p0: `waits` acknowledged at single-0 1
$ kafka-topics.sh --describe --topic single --bootstrap-server localhost:9092
| Topic: single	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 1	Configs: min.insync.replicas=1
| 	Topic: single	Partition: 0	Leader: 1	Replicas: 1	Isr: 1	Elr: 	LastKnownElr:
| In the end:
| single-0: leader 1, ISR [1], ELR []
|   on 1: 0:kept 2:waits (epochs 0@0 2@1)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
