# A follower that cannot reach its leader lags: after replica.lag.time.max.ms the leader
# asks for an ISR without it. It is not fenced: its heartbeats arrive.
# rules: REP-14, REP-16, REP-17, REP-18, REP-19, REP-21, REP-22, REP-39
scenario 1
cluster brokers=3 controllers=1
placement lag 0=0,1,2
$ kafka-topics.sh --create --topic lag --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic lag.
| log: topic lag; lag-0 replicas [0,1,2] leader 0
| broker 0 leads lag-0 in epoch 0 from offset 0
| broker 1 follows 0 in lag-0, epoch 0
| broker 2 follows 0 in lag-0, epoch 0
producer p0 acks=all
send p0 lag together
wait 1s
| p0: `together` acknowledged at lag-0 0
cut 0 - 2
send p0 lag waits-for-two
wait 20s
wait 30s
| log: lag-0 ISR [0,1]
| broker 0 asks for the ISR [0,1] of lag-0
| p0: `waits-for-two` acknowledged at lag-0 1
$ kafka-topics.sh --describe --topic lag --bootstrap-server localhost:9092
| Topic: lag	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: lag	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1	Elr: 	LastKnownElr:
heal
wait 40s
| log: lag-0 ISR [0,1,2]
| broker 0 asks for the ISR [0,1,2] of lag-0
$ kafka-topics.sh --describe --topic lag --bootstrap-server localhost:9092
| Topic: lag	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: lag	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| lag-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:together 0:waits-for-two (epochs 0@0)
|   on 1: 0:together 0:waits-for-two (epochs 0@0)
|   on 2: 0:together 0:waits-for-two (epochs 0@0)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
