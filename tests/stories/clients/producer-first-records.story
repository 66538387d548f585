# A producer connects, learns the topic, gets a producer id, sends batches with sequences.
# Keys choose the partition by murmur2 over all partitions; a batch waits linger.ms.
# PRO-1, PRO-2, PRO-5, PRO-7, PRO-13
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0 2=2,0,1
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 3 --replication-factor 3
|    0.004 controller 100 creates t with 3 partitions
| Created topic t.
producer p1
send p1 t one key=k1
send p1 t two key=k1
wait 1s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 2: Produce t-2 2 records, 85 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-2 offsets 0 to 1
send p1 t three key=k2
send p1 t four partition=1
wait 1s
|    1.037 p1 -> broker 0: Produce t-0 1 record, 75 bytes, producer 0 epoch 0 sequence 0
|    1.037 p1 -> broker 1: Produce t-1 1 record, 72 bytes, producer 0 epoch 0 sequence 0
|    1.039 p1 acknowledged t-0 offset 0
|    1.039 p1 acknowledged t-1 offset 0
close p1
wait 1s
|    2.030 p1 has closed
$ kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --from-beginning --timeout-ms 6000 --property print.partition=true --property print.key=true
|    3.033 controller 100 creates __consumer_offsets with 50 partitions
|    3.124 __consumer_offsets-39 gets 0: console-consumer-14472 generation 0, no protocol, members
|    3.126 broker 0: console-consumer is a member of console-consumer-14472
|    3.126 broker 0: console-consumer-14472 is PreparingRebalance in generation 0
|    6.126 broker 0: console-consumer-14472 is CompletingRebalance in generation 1
|    6.127 __consumer_offsets-39 gets 1: console-consumer-14472 generation 1, range, members console-consumer=[t 0 1 2]
|    6.128 broker 0: console-consumer-14472 is Stable in generation 1
|   12.331 broker 0: console-consumer is no member of console-consumer-14472 any more (it left)
|   12.331 broker 0: console-consumer-14472 is PreparingRebalance in generation 1
|   12.331 broker 0: console-consumer-14472 is Empty in generation 2
|   12.331 __consumer_offsets-39 gets 2: console-consumer-14472 generation 2, no protocol, members
| Option --property is deprecated and will be removed in a future version. Use --formatter-property instead.
| Partition:1	null	four
| Partition:0	k2	three
| Partition:2	k1	one
| Partition:2	k1	two
| stderr: The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol
| stderr: [2025-01-01 00:00:12,984] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
| stderr: org.apache.kafka.common.errors.TimeoutException
| stderr: Processed a total of 4 messages
