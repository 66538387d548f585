# Too few in-sync replicas: NOT_ENOUGH_REPLICAS is retried until delivery.timeout.ms is over.
# The expired batch had been sent: its sequence may be used up, so the producer goes on in a new
# epoch of its own.
# PRO-8, PRO-9, PRO-15
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3 --config min.insync.replicas=2
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
crash 1
crash 2
wait 40s
|    9.471 controller 100: t-0 has leader 0 in epoch 0, ISR 0 2 (broker 1 is fenced)
|    9.471 controller 100 fences broker 1
|    9.471 controller 100: t-0 has leader 0 in epoch 0, ISR 0 (broker 2 is fenced)
|    9.471 controller 100 fences broker 2
producer p1 delivery.timeout.ms=5000 request.timeout.ms=3000
send p1 t lonely
wait 8s
|   40.031 p1 warns: no connection to node -2
|   40.031 p1 warns: bootstrap server -2 disconnected
|   40.032 p1 -> broker 0: InitProducerId
|   40.154 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   40.155 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   40.155 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   40.255 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   40.255 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   40.255 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   40.428 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   40.428 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   40.428 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   40.780 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   40.780 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   40.780 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   41.649 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   41.649 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   41.649 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   42.650 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   42.651 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   42.651 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   43.618 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   43.619 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   43.619 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   44.603 p1 -> broker 0: Produce t-0 1 record, 74 bytes, producer 0 epoch 0 sequence 0
|   44.603 broker 0 -> p1: Produce of t-0 refused, NOT_ENOUGH_REPLICAS
|   44.603 p1 warns: retries t-0 after NOT_ENOUGH_REPLICAS
|   45.147 p1 cannot send to t-0: TimeoutException: Expiring 1 record(s) for t-0:5000 ms has passed since batch creation. The request has not been sent, or no server response has been received yet.
start 1
start 2
wait 20s
|   48.031 controller 100: t-0 has leader 0 in epoch 0, ISR 0 (broker 2 had crashed)
|   48.558 controller 100 unfences broker 2
|   48.558 controller 100 unfences broker 1
|   49.060 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 (broker 0 asks)
|   49.562 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 2 (broker 0 asks)
send p1 t again
wait 2s
|   68.036 p1 -> broker 0: Produce t-0 1 record, 73 bytes, producer 0 epoch 1 sequence 0
|   68.038 p1 acknowledged t-0 offset 0
