# The active controller is killed: another takes office with everything committed. Records
# flow on meanwhile. Without a majority nothing is decided: no topic can be made, and a
# dead leader is not replaced, until a majority is back and the new active controller has
# given every broker a full session.
# rules: RAFT-1, RAFT-2, RAFT-3, RAFT-4, RAFT-7, RAFT-8, RAFT-12, RAFT-14, BRK-9, MET-1
scenario 1
cluster brokers=3 controllers=3
placement quiet 0=0,1,2
$ kafka-topics.sh --create --topic quiet --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic quiet.
| log: topic quiet; quiet-0 replicas [0,1,2] leader 0
| broker 0 leads quiet-0 in epoch 0 from offset 0
| broker 1 follows 0 in quiet-0, epoch 0
| broker 2 follows 0 in quiet-0, epoch 0
producer p0 acks=all
send p0 quiet before
wait 1s
| p0: `before` acknowledged at quiet-0 0
crash 102
wait 5s
| controller 100 leads the quorum in epoch 2
send p0 quiet between
wait 1s
| p0: `between` acknowledged at quiet-0 1
crash 101
wait 5s
| controller 100 resigns in epoch 2
send p0 quiet without-a-majority
wait 1s
| p0: `without-a-majority` acknowledged at quiet-0 2
$ kafka-topics.sh --create --topic never --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Error while executing topic command : Call(callName=createTopics, deadlineMs=#####, tries=#, nextAllowedTryMs=#####) timed out at ##### after # attempt(s)
| stderr: [time] ERROR org.apache.kafka.common.errors.TimeoutException: Call(callName=createTopics, deadlineMs=#####, tries=#, nextAllowedTryMs=#####) timed out at ##### after # attempt(s)
| stderr:  (org.apache.kafka.tools.TopicCommand)
| exit 1
crash 0
wait 15s
start 102
wait 4s
| controller 100 leads the quorum in epoch 4
| controller 102 resigns in epoch 1
wait 14s
| log: quiet-0 leader 1 ISR [1,2]; broker 0 fenced
| broker 1 leads quiet-0 in epoch 1 from offset 3
| broker 2 follows 1 in quiet-0, epoch 1
$ kafka-topics.sh --describe --topic quiet --bootstrap-server localhost:9093
| Topic: quiet	TopicId: (id)	PartitionCount: 1	ReplicationFactor: 3	Configs: min.insync.replicas=1
| 	Topic: quiet	Partition: 0	Leader: 1	Replicas: 0,1,2	Isr: 1,2	Elr: 	LastKnownElr:
start 101
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: quiet-0 ISR [0,1,2]
| broker 0 follows 1 in quiet-0, epoch 1
| broker 1 asks for the ISR [0,1,2] of quiet-0
| In the end:
| quiet-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:before 0:between 0:without-a-majority (epochs 0@0)
|   on 1: 0:before 0:between 0:without-a-majority (epochs 0@0 1@3)
|   on 2: 0:before 0:between 0:without-a-majority (epochs 0@0)
| records: 3 sent, 3 acknowledged, 0 failed, 0 lost, 0 duplicated
