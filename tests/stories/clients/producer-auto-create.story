# A producer's metadata request creates the topic; its first batch waits until there is a leader.
# PRO-4, TOP-10
scenario 1
cluster brokers=3 controllers=1
producer p1
send p1 fresh hello
wait 2s
|    0.001 p1 -> broker 2: InitProducerId
|    0.002 broker 2 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.002 p1 warns: metadata of fresh: UNKNOWN_TOPIC_OR_PARTITION
|    0.002 controller 100 creates fresh with 1 partitions
|    0.004 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.004 p1 warns: metadata of fresh: UNKNOWN_TOPIC_OR_PARTITION
|    0.102 p1 -> broker 2: Produce fresh-0 1 record, 73 bytes, producer 0 epoch 0 sequence 0
|    0.103 p1 acknowledged fresh-0 offset 0
$ kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic fresh
| Topic: fresh	TopicId: hS5ed0iPQHSn8rjhOS_EJQ	PartitionCount: 1	ReplicationFactor: 1	Configs: min.insync.replicas=1
| 	Topic: fresh	Partition: 0	Leader: 2	Replicas: 2	Isr: 2	Elr: 	LastKnownElr:
