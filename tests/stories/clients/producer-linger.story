# A batch waits linger.ms for company; with linger.ms=0 it waits for the answers before it only.
# PRO-5, PRO-6
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer patient linger.ms=100
producer hasty linger.ms=0
send patient t warm-up
send hasty t warm-up
wait 1s
|    0.032 patient -> broker 0: InitProducerId
|    0.032 hasty -> broker 2: InitProducerId
|    0.061 hasty -> broker 1: Produce t-0 1 record, 75 bytes, producer 1000 epoch 0 sequence 0
|    0.062 hasty acknowledged t-0 offset 0
|    0.134 patient -> broker 1: Produce t-0 1 record, 75 bytes, producer 0 epoch 0 sequence 0
|    0.136 patient acknowledged t-0 offset 1
load patient t every=20ms count=10
wait 1s
|    1.131 patient -> broker 1: Produce t-0 5 records, 102 bytes, producer 0 epoch 0 sequence 1
|    1.133 patient acknowledged t-0 offsets 2 to 6
|    1.231 patient -> broker 1: Produce t-0 5 records, 102 bytes, producer 0 epoch 0 sequence 6
|    1.233 patient acknowledged t-0 offsets 7 to 11
load hasty t every=20ms count=3
wait 1s
|    2.031 hasty -> broker 1: Produce t-0 1 record, 69 bytes, producer 1000 epoch 0 sequence 1
|    2.033 hasty acknowledged t-0 offset 12
|    2.051 hasty -> broker 1: Produce t-0 1 record, 69 bytes, producer 1000 epoch 0 sequence 2
|    2.053 hasty acknowledged t-0 offset 13
|    2.071 hasty -> broker 1: Produce t-0 1 record, 69 bytes, producer 1000 epoch 0 sequence 3
|    2.073 hasty acknowledged t-0 offset 14
