# A batch that is too large for the topic is split and sent again, not counted as a retry.
# PRO-10
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3 --config max.message.bytes=120
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1 retries=1
load p1 t every=1ms count=12
wait 2s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 1: Produce t-0 12 records, 159 bytes, producer 0 epoch 0 sequence 0
|    0.061 broker 1 -> p1: Produce of t-0 refused, MESSAGE_TOO_LARGE
|    0.061 p1 warns: retries t-0 after MESSAGE_TOO_LARGE
|    0.062 p1 -> broker 1: Produce t-0 12 records, 159 bytes, producer 0 epoch 0 sequence 0
|    0.062 broker 1 -> p1: Produce of t-0 refused, MESSAGE_TOO_LARGE
|    0.062 p1 warns: retries t-0 after MESSAGE_TOO_LARGE
|    0.063 p1 -> broker 1: Produce t-0 3 records, 85 bytes, producer 0 epoch 0 sequence 0
|    0.065 p1 acknowledged t-0 offsets 0 to 2
|    0.065 p1 -> broker 1: Produce t-0 3 records, 85 bytes, producer 0 epoch 0 sequence 3
|    0.067 p1 acknowledged t-0 offsets 3 to 5
|    0.068 p1 -> broker 1: Produce t-0 3 records, 85 bytes, producer 0 epoch 0 sequence 6
|    0.070 p1 acknowledged t-0 offsets 6 to 8
|    0.070 p1 -> broker 1: Produce t-0 3 records, 87 bytes, producer 0 epoch 0 sequence 9
|    0.072 p1 acknowledged t-0 offsets 9 to 11
$ kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --from-beginning --timeout-ms 6000
|    2.033 controller 100 creates __consumer_offsets with 50 partitions
|    2.124 __consumer_offsets-42 gets 0: console-consumer-70905 generation 0, no protocol, members
|    2.126 broker 1: console-consumer is a member of console-consumer-70905
|    2.126 broker 1: console-consumer-70905 is PreparingRebalance in generation 0
|    5.126 broker 1: console-consumer-70905 is CompletingRebalance in generation 1
|    5.127 __consumer_offsets-42 gets 1: console-consumer-70905 generation 1, range, members console-consumer=[t 0]
|    5.128 broker 1: console-consumer-70905 is Stable in generation 1
|   11.133 broker 1: console-consumer is no member of console-consumer-70905 any more (it left)
|   11.133 broker 1: console-consumer-70905 is PreparingRebalance in generation 1
|   11.133 broker 1: console-consumer-70905 is Empty in generation 2
|   11.133 __consumer_offsets-42 gets 2: console-consumer-70905 generation 2, no protocol, members
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
| stderr: The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol
| stderr: [2025-01-01 00:00:11,786] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
| stderr: org.apache.kafka.common.errors.TimeoutException
| stderr: Processed a total of 12 messages
