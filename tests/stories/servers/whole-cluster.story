# Every broker is killed. The last one fenced is the last known leader; it alone brings
# the partition back, whatever order they return in.
# rules: BRK-6, BRK-7, REP-33, REP-34, REP-35
scenario 1
cluster brokers=3 controllers=1
placement dark 0=0,1,2
$ kafka-topics.sh --create --topic dark --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic dark.
| log: topic dark; dark-0 replicas [0,1,2] leader 0
| broker 0 leads dark-0 in epoch 0 from offset 0
| broker 1 follows 0 in dark-0, epoch 0
| broker 2 follows 0 in dark-0, epoch 0
producer p0 acks=all
send p0 dark kept
wait 1s
| p0: `kept` acknowledged at dark-0 0
crash 0
crash 1
crash 2
wait 12s
| log: dark-0 ISR [0,2]; broker 1 fenced
| log: dark-0 leader 2 ISR [2]; broker 0 fenced
| log: dark-0 leader none ISR [] ELR [2] last known ELR [2]; broker 2 fenced
start 0
wait 4s
| log: broker 0 registers
| log: broker 0 unfenced
| broker 0 has no leader to follow in dark-0, epoch 2
start 1
wait 4s
| log: broker 1 registers
| log: broker 1 unfenced
| broker 1 has no leader to follow in dark-0, epoch 2
start 2
wait 5s
| log: dark-0 ELR []; broker 2 registers
| log: broker 2 unfenced; dark-0 leader 2 ISR [2] last known ELR [] unclean
| log: dark-0 ISR [0,2] recovered
| log: dark-0 ISR [0,1,2]
| broker 0 follows 2 in dark-0, epoch 3
| broker 1 follows 2 in dark-0, epoch 3
| broker 2 has no leader to follow in dark-0, epoch 2
| broker 2 leads dark-0 in epoch 3 from offset 1
| broker 2 asks for the ISR [0,2] of dark-0
| broker 2 asks for the ISR [0,1,2] of dark-0
$ kafka-topics.sh --describe --topic dark --bootstrap-server localhost:9092
| Topic: dark	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: dark	Partition: 0	Leader: 2	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| In the end:
| dark-0: leader 2, ISR [0,1,2], ELR []
|   on 0: 0:kept (epochs 0@0)
|   on 1: 0:kept (epochs 0@0)
|   on 2: 0:kept (epochs 0@0 3@1)
| records: 1 sent, 1 acknowledged, 0 failed, 0 lost, 0 duplicated
