# The leader is killed: nine seconds later its partition has another leader, and
# nothing acknowledged is lost. It comes back, truncates nothing, and is in sync again.
# rules: BRK-1, BRK-2, BRK-6, BRK-7, REP-22, REP-24, REP-30, REP-39, PRO-8
scenario 1
cluster brokers=3 controllers=1
placement payments 0=0,1,2
$ kafka-topics.sh --create --topic payments --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic payments.
| log: topic payments; payments-0 replicas [0,1,2] leader 0
| broker 0 leads payments-0 in epoch 0 from offset 0
| broker 1 follows 0 in payments-0, epoch 0
| broker 2 follows 0 in payments-0, epoch 0
producer p0 acks=all
send p0 payments one
wait 1s
| p0: `one` acknowledged at payments-0 0
# kill -9: nobody is told, but the connections break.
crash 0
send p0 payments two
wait 6s
# Still within the session of nine seconds: the client waits for a leader.
$ kafka-topics.sh --describe --topic payments --bootstrap-server localhost:9093
| Topic: payments	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: payments	Partition: 0	Leader: 0	Replicas: 0,1,2	Isr: 0,1,2	Elr: 	LastKnownElr:
| stderr: [time] WARN [AdminClient clientId=adminclient-1] Connection to node 0 (localhost/127.0.0.1:9092) could not be established. Node may not be available. (org.apache.kafka.clients.NetworkClient)
wait 6s
| log: payments-0 leader 1 ISR [1,2]; broker 0 fenced
| broker 1 leads payments-0 in epoch 1 from offset 1
| broker 2 follows 1 in payments-0, epoch 1
| p0: `two` acknowledged at payments-0 1
$ kafka-topics.sh --describe --topic payments --bootstrap-server localhost:9093
| Topic: payments	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: payments	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 1,2	Elr: 	LastKnownElr:
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: payments-0 ISR [0,1,2]
| broker 0 follows 1 in payments-0, epoch 1
| broker 1 asks for the ISR [0,1,2] of payments-0
send p0 payments three
wait 1s
| p0: `three` acknowledged at payments-0 2
$ kafka-leader-election.sh --election-type preferred --all-topic-partitions --bootstrap-server localhost:9092
| Successfully completed leader election (PREFERRED) for partitions payments-0
| log: payments-0 leader 0
| broker 0 leads payments-0 in epoch 2 from offset 3
| broker 1 follows 0 in payments-0, epoch 2
| broker 2 follows 0 in payments-0, epoch 2
wait 1s
send p0 payments four
wait 1s
| broker 1 refuses records for payments-0: NotLeaderOrFollower
| p0: `four` acknowledged at payments-0 3
| In the end:
| payments-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:one 1:two 1:three 2:four (epochs 0@0 1@1 2@3)
|   on 1: 0:one 1:two 1:three 2:four (epochs 0@0 1@1 2@3)
|   on 2: 0:one 1:two 1:three 2:four (epochs 0@0 1@1 2@3)
| records: 4 sent, 4 acknowledged, 0 failed, 0 lost, 0 duplicated
