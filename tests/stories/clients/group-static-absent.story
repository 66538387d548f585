# A static member that is away keeps its place: the rebalance waits for it until the rebalance
# timeout and then gives it partitions that nobody reads.
# GRP-7, GRP-19, GRP-20
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0 2=2,0,1
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 3 --replication-factor 3
|    0.004 controller 100 creates t with 3 partitions
| Created topic t.
consumer c1 topic=t group=g group.instance.id=i1 session.timeout.ms=45000 max.poll.interval.ms=10000
consumer c2 topic=t group=g group.instance.id=i2 session.timeout.ms=45000 max.poll.interval.ms=10000
wait 8s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.032 c2 -> broker 2: FindCoordinator g
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 broker 2 -> c2: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.122 c2 -> broker 1: FindCoordinator g
|    0.124 c2 -> broker 1: JoinGroup as '' instance i2, range or cooperative-sticky
|    0.124 broker 1: i2 is a member of g
|    0.124 broker 1: g is PreparingRebalance in generation 0
|    0.124 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    0.149 broker 1: i1 is a member of g
|    6.124 broker 1: g is CompletingRebalance in generation 1
|    6.125 c1 -> broker 1: SyncGroup generation 1 with 0 assignments
|    6.125 c2 -> broker 1: SyncGroup generation 1 with 2 assignments
|    6.125 __consumer_offsets-3 gets 1: g generation 1, range, members i1=[t 0 1] i2=[t 2]
|    6.127 broker 1: g is Stable in generation 1
|    6.127 c1 is assigned [t-0, t-1] in generation 1
|    6.127 c2 is assigned [t-2] in generation 1, leads the group
|    6.128 c1 -> broker 1: OffsetFetch of 2 partitions
|    6.128 c2 -> broker 1: OffsetFetch of 1 partitions
|    6.129 c1 -> broker 1: ListOffsets Latest of t-1
|    6.130 c1 -> broker 0: ListOffsets Latest of t-0
|    6.130 c2 -> broker 2: ListOffsets Latest of t-2
kill c2
consumer c3 topic=t group=g group.instance.id=i3 session.timeout.ms=45000 max.poll.interval.ms=10000
wait 14s
|    8.032 c3 -> broker 2: FindCoordinator g
|    8.035 c3 -> broker 1: JoinGroup as '' instance i3, range or cooperative-sticky
|    8.035 broker 1: i3 is a member of g
|    8.035 broker 1: g is PreparingRebalance in generation 1
|    9.126 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|    9.126 c1 -> broker 1: OffsetCommit generation 1 t-0=0 t-1=0
|    9.126 __consumer_offsets-3 gets 2: g t-0 offset 0 epoch -1; 3: g t-1 offset 0 epoch -1
|    9.128 c1 has committed automatically t-0=0 t-1=0
|    9.128 c1 gives up [t-0, t-1]
|    9.129 c1 -> broker 1: JoinGroup as 'i1' instance i1, range or cooperative-sticky
|   18.035 broker 1: g is CompletingRebalance in generation 2
|   18.036 c3 -> broker 1: SyncGroup generation 2 with 0 assignments
|   18.036 c1 -> broker 1: SyncGroup generation 2 with 3 assignments
|   18.036 __consumer_offsets-3 gets 4: g generation 2, range, members i1=[t 0] i2=[t 1] i3=[t 2]
|   18.037 broker 1: g is Stable in generation 2
|   18.038 c3 is assigned [t-2] in generation 2
|   18.038 c1 is assigned [t-0] in generation 2, leads the group
|   18.038 c3 -> broker 1: OffsetFetch of 1 partitions
|   18.038 c1 -> broker 1: OffsetFetch of 1 partitions
|   18.041 c3 -> broker 2: ListOffsets Latest of t-2
