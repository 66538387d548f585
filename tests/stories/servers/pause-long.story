# The leader stands still for longer than its session: it is deposed without knowing.
# When it goes on it refuses what the new epoch does not allow, and follows.
# rules: BRK-6, BRK-7, BRK-11, MET-1, MET-2, REP-17, REP-22, REP-24, REP-30
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
wait 12s
| log: stalls-0 leader 1 ISR [1,2]; broker 0 fenced
| broker 1 leads stalls-0 in epoch 1 from offset 1
| broker 2 follows 1 in stalls-0, epoch 1
$ kafka-topics.sh --describe --topic stalls --bootstrap-server localhost:9093
| Topic: stalls	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: stalls	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 1,2	Elr: 	LastKnownElr:
resume 0
wait 3s
| log: broker 0 unfenced
| log: stalls-0 ISR [0,1,2]
| broker 0 follows 1 in stalls-0, epoch 1
| broker 1 asks for the ISR [0,1,2] of stalls-0
send p0 stalls after
wait 2s
| broker 0 refuses records for stalls-0: NotLeaderOrFollower
| p0: `after` acknowledged at stalls-0 1
| In the end:
| stalls-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:before 1:after (epochs 0@0 1@1)
|   on 1: 0:before 1:after (epochs 0@0 1@1)
|   on 2: 0:before 1:after (epochs 0@0 1@1)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
