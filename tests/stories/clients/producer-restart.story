# A restarted producer has a new producer id: what it sends again is stored again.
# PRO-13, PRO-16
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
send p1 t payment-7
wait 1s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 0: Produce t-0 1 record, 77 bytes, producer 0 epoch 0 sequence 0
|    0.062 p1 acknowledged t-0 offset 0
kill p1
producer p2
send p2 t payment-7
wait 1s
|    1.032 p2 -> broker 2: InitProducerId
|    1.060 p2 -> broker 0: Produce t-0 1 record, 77 bytes, producer 1000 epoch 0 sequence 0
|    1.062 p2 acknowledged t-0 offset 1
$ kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic t --from-beginning --timeout-ms 6000
|    2.033 controller 100 creates __consumer_offsets with 50 partitions
|    2.119 __consumer_offsets-47 gets 0: console-consumer-31822 generation 0, no protocol, members
|    2.120 broker 0: console-consumer is a member of console-consumer-31822
|    2.120 broker 0: console-consumer-31822 is PreparingRebalance in generation 0
|    5.120 broker 0: console-consumer-31822 is CompletingRebalance in generation 1
|    5.122 __consumer_offsets-47 gets 1: console-consumer-31822 generation 1, range, members console-consumer=[t 0]
|    5.123 broker 0: console-consumer-31822 is Stable in generation 1
|   11.129 broker 0: console-consumer is no member of console-consumer-31822 any more (it left)
|   11.129 broker 0: console-consumer-31822 is PreparingRebalance in generation 1
|   11.129 broker 0: console-consumer-31822 is Empty in generation 2
|   11.129 __consumer_offsets-47 gets 2: console-consumer-31822 generation 2, no protocol, members
| payment-7
| payment-7
| stderr: The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol
| stderr: [2025-01-01 00:00:11,782] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
| stderr: org.apache.kafka.common.errors.TimeoutException
| stderr: Processed a total of 2 messages
