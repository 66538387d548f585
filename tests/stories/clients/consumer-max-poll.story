# An application that does not poll for max.poll.interval.ms: its client leaves the group, its
# commit fails, its next poll has lost the partition and joins anew.
# CON-11, CON-13, GRP-15, GRP-17
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=4 keys=2
consumer c1 topic=t group=g from=earliest enable.auto.commit=false max.poll.interval.ms=6000 session.timeout.ms=6000 heartbeat.interval.ms=1000
consumer c2 topic=t group=g from=earliest enable.auto.commit=false max.poll.interval.ms=6000 session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 9s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.032 c2 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 2 -> c2: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.061 p1 -> broker 1: Produce t-1 4 records, 101 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-1 offsets 0 to 3
|    0.117 c2 -> broker 2: FindCoordinator g
|    0.119 c2 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.119 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.120 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.120 c2 -> broker 1: JoinGroup as 'c2', range or cooperative-sticky
|    0.120 broker 1: c2 is a member of g
|    0.120 broker 1: g is PreparingRebalance in generation 0
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.126 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.126 broker 1: c1 is a member of g
|    6.120 broker 1: g is CompletingRebalance in generation 1
|    6.121 c1 -> broker 1: SyncGroup generation 1 with 0 assignments
|    6.122 c2 -> broker 1: SyncGroup generation 1 with 2 assignments
|    6.122 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0] c2=[t 1]
|    6.123 broker 1: g is Stable in generation 1
|    6.124 c2 is assigned [t-1] in generation 1, leads the group
|    6.124 c1 is assigned [t-0] in generation 1
|    6.124 c1 -> broker 1: OffsetFetch of 1 partitions
|    6.124 c2 -> broker 1: OffsetFetch of 1 partitions
|    6.126 c1 -> broker 0: ListOffsets Earliest of t-0
|    6.127 c2 -> broker 1: ListOffsets Earliest of t-1
|    6.128 c2 received t-1 offsets 0 to 3
stop-polling c2
wait 8s
|   15.031 c2 -> broker 1: LeaveGroup
|   15.031 broker 1: c2 is no member of g any more (it left)
|   15.031 broker 1: g is PreparingRebalance in generation 1
|   15.122 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   15.122 c1 gives up [t-0]
|   15.123 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|   15.123 broker 1: g is CompletingRebalance in generation 2
|   15.124 c1 -> broker 1: SyncGroup generation 2 with 1 assignments
|   15.124 __consumer_offsets-3 gets 2: g generation 2, range, members c1=[t 0 1]
|   15.125 broker 1: g is Stable in generation 2
|   15.126 c1 is assigned [t-0, t-1] in generation 2, leads the group
|   15.126 c1 -> broker 1: OffsetFetch of 2 partitions
|   15.128 c1 -> broker 1: ListOffsets Earliest of t-1
|   15.128 c1 -> broker 0: ListOffsets Earliest of t-0
|   15.129 c1 received t-1 offsets 0 to 3
commit c2
wait 1s
|   17.030 c2 cannot commit: CommitFailedException: Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.
resume-polling c2
wait 3s
|   18.030 c2 has lost [t-1]
|   18.031 c2 -> broker 1: JoinGroup as '', range or cooperative-sticky
|   18.032 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|   18.032 c2 -> broker 1: JoinGroup as 'c2', range or cooperative-sticky
|   18.032 broker 1: c2 is a member of g
|   18.032 broker 1: g is PreparingRebalance in generation 2
|   18.124 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   18.124 c1 gives up [t-0, t-1]
|   18.125 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|   18.125 broker 1: g is CompletingRebalance in generation 3
|   18.126 c1 -> broker 1: SyncGroup generation 3 with 2 assignments
|   18.126 __consumer_offsets-3 gets 3: g generation 3, range, members c1=[t 0] c2=[t 1]
|   18.126 c2 -> broker 1: SyncGroup generation 3 with 0 assignments
|   18.128 broker 1: g is Stable in generation 3
|   18.128 c1 is assigned [t-0] in generation 3, leads the group
|   18.128 c2 is assigned [t-1] in generation 3
|   18.129 c1 -> broker 1: OffsetFetch of 1 partitions
|   18.129 c2 -> broker 1: OffsetFetch of 1 partitions
|   18.130 c1 -> broker 0: ListOffsets Earliest of t-0
|   18.130 c2 -> broker 1: ListOffsets Earliest of t-1
|   18.132 c2 received t-1 offsets 0 to 3
