# The coordinator dies: the members find the new leader of their offsets partition, which has
# read the group from its log; the generation goes on without a rebalance.
# GRP-1, GRP-2, GRP-22, GRP-26
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
placement __consumer_offsets 0=2,0,1
set offsets.topic.num.partitions=1
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=3
consumer c1 topic=t group=g from=earliest session.timeout.ms=30000
wait 7s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 1 partitions
|    0.061 p1 -> broker 0: Produce t-0 3 records, 85 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offsets 0 to 2
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 2: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-0 gets 0: g generation 0, no protocol, members
|    0.125 broker 2 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.125 c1 -> broker 2: JoinGroup as 'c1', range or cooperative-sticky
|    0.125 broker 2: c1 is a member of g
|    0.125 broker 2: g is PreparingRebalance in generation 0
|    3.125 broker 2: g is CompletingRebalance in generation 1
|    3.127 c1 -> broker 2: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-0 gets 1: g generation 1, range, members c1=[t 0]
|    3.128 broker 2: g is Stable in generation 1
|    3.129 c1 is assigned [t-0] in generation 1, leads the group
|    3.129 c1 -> broker 2: OffsetFetch of 1 partitions
|    3.132 c1 -> broker 0: ListOffsets Earliest of t-0
|    3.133 c1 received t-0 offsets 0 to 2
crash 2
wait 20s
|    7.031 c1 -> broker 1: FindCoordinator g
|    7.080 c1 warns: no connection to node 2147483645
|    7.081 c1 -> broker 1: FindCoordinator g
|    7.176 c1 warns: no connection to node 2147483645
|    7.176 c1 -> broker 1: FindCoordinator g
|    7.385 c1 warns: no connection to node 2147483645
|    7.385 c1 -> broker 1: FindCoordinator g
|    7.723 c1 warns: no connection to node 2147483645
|    7.724 c1 -> broker 1: FindCoordinator g
|    8.630 c1 warns: no connection to node 2147483645
|    8.631 c1 -> broker 1: FindCoordinator g
|    9.631 c1 warns: no connection to node 2147483645
|    9.632 c1 -> broker 1: FindCoordinator g
|   10.601 c1 warns: no connection to node 2147483645
|   10.602 c1 -> broker 0: FindCoordinator g
|   11.480 c1 warns: no connection to node 2147483645
|   11.481 c1 -> broker 1: FindCoordinator g
|   12.481 c1 warns: no connection to node 2147483645
|   12.482 c1 -> broker 1: FindCoordinator g
|   13.330 c1 warns: no connection to node 2147483645
|   13.331 c1 -> broker 1: FindCoordinator g
|   14.160 c1 warns: no connection to node 2147483645
|   14.161 c1 -> broker 1: FindCoordinator g
|   15.096 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 (broker 2 is fenced)
|   15.096 controller 100 fences broker 2
|   15.161 c1 warns: no connection to node 2147483645
|   15.162 c1 -> broker 1: FindCoordinator g
|   15.165 c1 -> broker 0: OffsetCommit generation 1 t-0=3
|   15.165 __consumer_offsets-0 gets 2: g t-0 offset 3 epoch 0
|   15.601 c1 has committed automatically t-0=3
|   20.174 c1 -> broker 0: OffsetCommit generation 1 t-0=3
|   20.174 __consumer_offsets-0 gets 3: g t-0 offset 3 epoch 0
|   20.176 c1 has committed automatically t-0=3
|   25.186 c1 -> broker 0: OffsetCommit generation 1 t-0=3
|   25.186 __consumer_offsets-0 gets 4: g t-0 offset 3 epoch 0
|   25.189 c1 has committed automatically t-0=3
close c1
wait 2s
|   27.031 c1 -> broker 0: OffsetCommit generation 1 t-0=3
|   27.031 __consumer_offsets-0 gets 5: g t-0 offset 3 epoch 0
|   27.033 c1 has committed automatically t-0=3
|   27.033 c1 gives up [t-0]
|   27.033 c1 -> broker 0: LeaveGroup
|   27.033 broker 0: c1 is no member of g any more (it left)
|   27.033 broker 0: g is PreparingRebalance in generation 1
|   27.033 broker 0: g is Empty in generation 2
|   27.033 __consumer_offsets-0 gets 6: g generation 2, no protocol, members
|   27.035 c1 has closed
