# The offsets topic has too few in-sync replicas: a commit is refused as COORDINATOR_NOT_AVAILABLE
# and repeated until there are enough.
# CON-11, GRP-22, GRP-23
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
placement __consumer_offsets 0=0,1,2
set offsets.topic.num.partitions=1
set min.insync.replicas=3
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
send p1 t a
consumer c1 topic=t group=g from=earliest enable.auto.commit=false
wait 6s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 1 partitions
|    0.061 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offset 0
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 0: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-0 gets 0: g generation 0, no protocol, members
|    0.125 broker 0 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.125 c1 -> broker 0: JoinGroup as 'c1', range or cooperative-sticky
|    0.125 broker 0: c1 is a member of g
|    0.125 broker 0: g is PreparingRebalance in generation 0
|    3.125 broker 0: g is CompletingRebalance in generation 1
|    3.127 c1 -> broker 0: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-0 gets 1: g generation 1, range, members c1=[t 0]
|    3.128 broker 0: g is Stable in generation 1
|    3.128 c1 is assigned [t-0] in generation 1, leads the group
|    3.129 c1 -> broker 0: OffsetFetch of 1 partitions
|    3.132 c1 -> broker 0: ListOffsets Earliest of t-0
|    3.133 c1 received t-0 offset 0
crash 2
wait 15s
|   15.096 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 (broker 2 is fenced)
|   15.096 controller 100 fences broker 2
commit c1
wait 1s
|   21.031 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   21.031 broker 0 -> c1: OffsetCommit of t-0 refused, COORDINATOR_NOT_AVAILABLE
|   21.126 c1 -> broker 1: FindCoordinator g
|   21.129 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   21.129 broker 0 -> c1: OffsetCommit of t-0 refused, COORDINATOR_NOT_AVAILABLE
|   21.338 c1 -> broker 0: FindCoordinator g
|   21.340 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   21.341 broker 0 -> c1: OffsetCommit of t-0 refused, COORDINATOR_NOT_AVAILABLE
|   21.679 c1 -> broker 0: FindCoordinator g
|   21.681 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   21.682 broker 0 -> c1: OffsetCommit of t-0 refused, COORDINATOR_NOT_AVAILABLE
start 2
wait 10s
|   22.031 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 (broker 2 had crashed)
|   22.559 controller 100 unfences broker 2
|   22.588 c1 -> broker 0: FindCoordinator g
|   22.591 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   22.591 broker 0 -> c1: OffsetCommit of t-0 refused, COORDINATOR_NOT_AVAILABLE
|   23.060 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 2 (broker 0 asks)
|   23.592 c1 -> broker 0: FindCoordinator g
|   23.594 c1 -> broker 0: OffsetCommit generation 1 t-0=1
|   23.594 __consumer_offsets-0 gets 2: g t-0 offset 1 epoch 0
|   23.596 c1 has committed t-0=1
