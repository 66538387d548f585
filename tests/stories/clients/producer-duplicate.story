# The answer to a batch does not come: the producer sends it again after request.timeout.ms, and
# the leader, which had only stood still, knows it by its sequence.
# PRO-8, PRO-14
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1 request.timeout.ms=1000
send p1 t first
wait 1s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 1: Produce t-0 1 record, 73 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offset 0
pause 1
send p1 t second
wait 2s
|    2.035 p1 warns: retries t-0 after REQUEST_TIMED_OUT
resume 1
wait 3s
|    3.030 p1 -> broker 1: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 1 (times 2)
|    3.032 broker 1 knows the batch of t-0 already, at offset 1
|    3.032 p1 acknowledged t-0 offset 1
$ kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --from-beginning --timeout-ms 6000
|    6.033 controller 100 creates __consumer_offsets with 50 partitions
|    6.124 __consumer_offsets-41 gets 0: console-consumer-3928 generation 0, no protocol, members
|    6.125 broker 1: console-consumer is a member of console-consumer-3928
|    6.125 broker 1: console-consumer-3928 is PreparingRebalance in generation 0
|    9.125 broker 1: console-consumer-3928 is CompletingRebalance in generation 1
|    9.127 __consumer_offsets-41 gets 1: console-consumer-3928 generation 1, range, members console-consumer=[t 0]
|    9.128 broker 1: console-consumer-3928 is Stable in generation 1
|   15.133 broker 1: console-consumer is no member of console-consumer-3928 any more (it left)
|   15.133 broker 1: console-consumer-3928 is PreparingRebalance in generation 1
|   15.133 broker 1: console-consumer-3928 is Empty in generation 2
|   15.133 __consumer_offsets-41 gets 2: console-consumer-3928 generation 2, no protocol, members
| first
| second
| stderr: The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol
| stderr: [2025-01-01 00:00:15,786] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
| stderr: org.apache.kafka.common.errors.TimeoutException
| stderr: Processed a total of 2 messages
