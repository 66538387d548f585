# A topic that is not there, and a partition that is not there: send blocks max.block.ms.
# PRO-4
scenario 1
cluster brokers=3 controllers=1
set auto.create.topics.enable=false
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1 max.block.ms=2000
send p1 nowhere a
wait 4s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.032 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    0.035 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.035 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    0.148 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.148 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    0.379 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.379 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    0.778 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    0.778 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    1.467 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    1.467 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    2.030 p1 cannot send to nowhere: TimeoutException: Topic nowhere not present in metadata after 2000 ms.
|    2.345 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    2.345 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    3.346 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    3.346 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
send p1 t b partition=5
wait 4s
|    4.031 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    4.031 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    4.033 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    4.033 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    4.131 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    4.131 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    4.328 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    4.328 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    4.757 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    4.757 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    5.542 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    5.542 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    6.030 p1 cannot send to t-5: TimeoutException: Partition 5 of topic t with partition count 1 is not present in metadata after 2000 ms.
|    6.543 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    6.543 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
|    7.544 broker 1 -> p1: Metadata refused, UNKNOWN_TOPIC_OR_PARTITION
|    7.544 p1 warns: metadata of nowhere: UNKNOWN_TOPIC_OR_PARTITION
