# The leader stands still for five seconds, less than its session: nothing changes, the
# client just waits.
# rules: BRK-6, REP-39, PRO-8
scenario 1
cluster brokers=3 controllers=1
placement stalls 0=0,1,2
$ kafka-topics.sh --create --topic stalls --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic stalls.
| log: topic stalls; stalls-0 replicas [0,1,2] leader 0
| broker 0 leads stalls-0 in epoch 0 from offset 0
| broker 1 follows 0 in stalls-0, epoch 0
| broker 2 follows 0 in stalls-0, epoch 0
producer p0 acks=all
send p0 stalls before
wait 1s
| p0: `before` acknowledged at stalls-0 0
pause 0
send p0 stalls during
wait 5s
resume 0
wait 2s
| p0: `during` acknowledged at stalls-0 1
$ kafka-topics.sh --describe --topic stalls --bootstrap-server localhost:9092
| Topic: stalls	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: stalls	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| stalls-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:before 0:during (epochs 0@0)
|   on 1: 0:before 0:during (epochs 0@0)
|   on 2: 0:before 0:during (epochs 0@0)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
