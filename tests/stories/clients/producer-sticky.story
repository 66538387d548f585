# Records without a key stay on one partition until batch.size bytes went there, then move on.
# PRO-3, PRO-6
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0 2=2,0,1
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 3 --replication-factor 3
|    0.004 controller 100 creates t with 3 partitions
| Created topic t.
producer p1 batch.size=200
load p1 t every=2ms count=40
wait 2s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 2: Produce t-2 14 records, 177 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-2 offsets 0 to 13
|    0.066 p1 -> broker 2: Produce t-2 3 records, 88 bytes, producer 0 epoch 0 sequence 14
|    0.068 p1 acknowledged t-2 offsets 14 to 16
|    0.072 p1 -> broker 2: Produce t-2 3 records, 88 bytes, producer 0 epoch 0 sequence 17
|    0.074 p1 acknowledged t-2 offsets 17 to 19
|    0.078 p1 -> broker 2: Produce t-2 3 records, 88 bytes, producer 0 epoch 0 sequence 20
|    0.080 p1 acknowledged t-2 offsets 20 to 22
|    0.084 p1 -> broker 2: Produce t-2 3 records, 88 bytes, producer 0 epoch 0 sequence 23
|    0.086 p1 acknowledged t-2 offsets 23 to 25
|    0.091 p1 -> broker 0: Produce t-0 4 records, 97 bytes, producer 0 epoch 0 sequence 0
|    0.093 p1 acknowledged t-0 offsets 0 to 3
|    0.098 p1 -> broker 0: Produce t-0 3 records, 88 bytes, producer 0 epoch 0 sequence 4
|    0.100 p1 acknowledged t-0 offsets 4 to 6
|    0.104 p1 -> broker 0: Produce t-0 3 records, 88 bytes, producer 0 epoch 0 sequence 7
|    0.106 p1 acknowledged t-0 offsets 7 to 9
|    0.110 p1 -> broker 2: Produce t-2 3 records, 88 bytes, producer 0 epoch 0 sequence 26
|    0.112 p1 acknowledged t-2 offsets 26 to 28
|    0.116 p1 -> broker 2: Produce t-2 1 record, 70 bytes, producer 0 epoch 0 sequence 29
|    0.118 p1 acknowledged t-2 offset 29
