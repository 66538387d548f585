# min.insync.replicas=2: with one replica left, acks=all is refused and acks=1 is not.
# The brokers that left stay eligible leaders as long as they may have everything.
# rules: REP-9, REP-28, REP-33, REP-34, REP-37, REP-39, BRK-2, BRK-7
scenario 1
cluster brokers=3 controllers=1
placement bank 0=0,1,2
$ kafka-topics.sh --create --topic bank --partitions 1 --replication-factor 3 --config min.insync.replicas=2 --bootstrap-server localhost:9092
| Created topic bank.
| log: topic bank; config min.insync.replicas=2; ELR cleared; bank-0 replicas [0,1,2] leader 0
| broker 0 leads bank-0 in epoch 0 from offset 0
| broker 1 follows 0 in bank-0, epoch 0
| broker 2 follows 0 in bank-0, epoch 0
producer all acks=all retries=0 enable.idempotence=false
producer one acks=1
send all bank three
wait 1s
| all: `three` acknowledged at bank-0 0
crash 1
wait 12s
| log: bank-0 ISR [0,2]; broker 1 fenced
send all bank two
wait 1s
| all: `two` acknowledged at bank-0 1
crash 2
wait 12s
| log: bank-0 ISR [0] ELR [2]; broker 2 fenced
$ kafka-topics.sh --describe --topic bank --bootstrap-server localhost:9092
| Topic: bank	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=2
| 	Topic: bank	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0	Elr: 2	LastKnownElr:
send all bank refused
send one bank accepted
wait 1s
| broker 0 refuses records for bank-0: NotEnoughReplicas
| all: `refused` failed: NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.
| one: `accepted` acknowledged at bank-0 2
# The last one goes too. It was the last leader; all three are eligible.
crash 0
wait 12s
| log: bank-0 leader none ISR [] ELR [0,2] last known ELR [0]; broker 0 fenced
# Unclean restarts: whoever comes back has perhaps lost something and is eligible no more.
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced
| broker 1 has no leader to follow in bank-0, epoch 1
$ kafka-topics.sh --describe --topic bank --bootstrap-server localhost:9093
| Topic: bank	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=2
| 	Topic: bank	Partition: 0	Leader: none	Replicas: 0,1,2	Isr: 	Elr: 0,2	LastKnownElr: 0
start 2
wait 5s
| log: bank-0 ELR [0]; broker 2 registers
| log: broker 2 unfenced
| broker 2 has no leader to follow in bank-0, epoch 1
# Only the last known leader is trusted with the partition.
start 0
wait 8s
| log: bank-0 ELR []; broker 0 registers
| log: broker 0 unfenced; bank-0 leader 0 ISR [0] last known ELR [] unclean
| log: bank-0 ISR [0,1] recovered
| log: bank-0 ISR [0,1,2]
| broker 0 has no leader to follow in bank-0, epoch 1
| broker 0 leads bank-0 in epoch 2 from offset 3
| broker 0 asks for the ISR [0,1] of bank-0
| broker 0 asks for the ISR [0,1,2] of bank-0
| broker 1 follows 0 in bank-0, epoch 2
| broker 2 follows 0 in bank-0, epoch 2
$ kafka-topics.sh --describe --topic bank --bootstrap-server localhost:9092
| Topic: bank	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=2
| 	Topic: bank	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
send all bank again
wait 1s
| all: `again` acknowledged at bank-0 3
| In the end:
| bank-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:three 0:two 0:accepted 2:again (epochs 0@0 2@3)
|   on 1: 0:three 0:two 0:accepted 2:again (epochs 0@0 2@3)
|   on 2: 0:three 0:two 0:accepted 2:again (epochs 0@0 2@3)
| records: 5 sent, 4 acknowledged, 1 failed, 0 lost, 0 duplicated
