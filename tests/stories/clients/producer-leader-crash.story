# The leader dies with records in flight: the producer retries at the new leader, every record
# is stored once, in order, and the sequences go on.
# PRO-8, PRO-9, PRO-11, PRO-14, PRO-16
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=200ms count=30
wait 2s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offset 0
|    0.236 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 1
|    0.238 p1 acknowledged t-0 offset 1
|    0.436 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 2
|    0.438 p1 acknowledged t-0 offset 2
|    0.636 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 3
|    0.638 p1 acknowledged t-0 offset 3
|    0.836 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 4
|    0.838 p1 acknowledged t-0 offset 4
|    1.036 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 5
|    1.038 p1 acknowledged t-0 offset 5
|    1.236 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 6
|    1.238 p1 acknowledged t-0 offset 6
|    1.436 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 7
|    1.438 p1 acknowledged t-0 offset 7
|    1.636 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 8
|    1.638 p1 acknowledged t-0 offset 8
|    1.836 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 9
|    1.838 p1 acknowledged t-0 offset 9
crash 1
wait 20s
|    2.089 p1 warns: no connection to node 1 (times 13)
|   11.721 controller 100: t-0 has leader 2 in epoch 1, ISR 2 0 (broker 1 is fenced)
|   11.721 controller 100 fences broker 1
|   12.248 p1 warns: no connection to node 1
|   12.407 p1 -> broker 2: Produce t-0 20 records, 260 bytes, producer 0 epoch 0 sequence 10
|   12.409 p1 acknowledged t-0 offsets 10 to 29
$ kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --from-beginning --timeout-ms 5000
|   22.033 controller 100 creates __consumer_offsets with 50 partitions
|   22.124 __consumer_offsets-18 gets 0: console-consumer-99397 generation 0, no protocol, members
|   22.125 broker 2: console-consumer is a member of console-consumer-99397
|   22.125 broker 2: console-consumer-99397 is PreparingRebalance in generation 0
|   25.125 broker 2: console-consumer-99397 is CompletingRebalance in generation 1
|   25.127 __consumer_offsets-18 gets 1: console-consumer-99397 generation 1, range, members console-consumer=[t 0]
|   25.128 broker 2: console-consumer-99397 is Stable in generation 1
|   30.134 broker 2: console-consumer is no member of console-consumer-99397 any more (it left)
|   30.134 broker 2: console-consumer-99397 is PreparingRebalance in generation 1
|   30.134 broker 2: console-consumer-99397 is Empty in generation 2
|   30.134 __consumer_offsets-18 gets 2: console-consumer-99397 generation 2, no protocol, members
| 0
| 1
| 2
| 3
| 4
| 5
| 6
| 7
| 8
| 9
| 10
| 11
| 12
| 13
| 14
| 15
| 16
| 17
| 18
| 19
| 20
| 21
| 22
| 23
| 24
| 25
| 26
| 27
| 28
| 29
| stderr: The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol
| stderr: [2025-01-01 00:00:30,787] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
| stderr: org.apache.kafka.common.errors.TimeoutException
| stderr: Processed a total of 30 messages
