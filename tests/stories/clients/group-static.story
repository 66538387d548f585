# A static member that restarts within its session gets its partitions back without a rebalance.
# GRP-15, GRP-19, GRP-20
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
consumer c1 topic=t group=g group.instance.id=i1 session.timeout.ms=8000 heartbeat.interval.ms=1000
consumer c2 topic=t group=g group.instance.id=i2 session.timeout.ms=8000 heartbeat.interval.ms=1000
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
|    6.125 __consumer_offsets-3 gets 1: g generation 1, range, members i1=[t 0] i2=[t 1]
|    6.127 broker 1: g is Stable in generation 1
|    6.127 c1 is assigned [t-0] in generation 1
|    6.127 c2 is assigned [t-1] in generation 1, leads the group
|    6.128 c1 -> broker 1: OffsetFetch of 1 partitions
|    6.128 c2 -> broker 1: OffsetFetch of 1 partitions
|    6.129 c2 -> broker 1: ListOffsets Latest of t-1
|    6.130 c1 -> broker 0: ListOffsets Latest of t-0
close c2
wait 3s
|    8.031 c2 -> broker 1: OffsetCommit generation 1 t-1=0
|    8.031 __consumer_offsets-3 gets 2: g t-1 offset 0 epoch -1
|    8.033 c2 has committed automatically t-1=0
|    8.033 c2 gives up [t-1]
|    8.033 c2 has closed
consumer c2b topic=t group=g group.instance.id=i2 session.timeout.ms=8000 heartbeat.interval.ms=1000
wait 3s
|   11.032 c2b -> broker 2: FindCoordinator g
|   11.034 c2b -> broker 1: JoinGroup as '' instance i2, range or cooperative-sticky
|   11.034 broker 1: i2 is no member of g any more (its instance id was taken over)
|   11.034 broker 1: i2 is a member of g
|   11.034 __consumer_offsets-3 gets 3: g generation 1, range, members i1=[t 0] i2=[t 1]
|   11.037 c2b -> broker 1: SyncGroup generation 1 with 0 assignments
|   11.037 c2b is assigned [t-1] in generation 1, leads the group
|   11.038 c2b -> broker 1: OffsetFetch of 1 partitions
|   11.131 c1 -> broker 1: OffsetCommit generation 1 t-0=0
|   11.131 __consumer_offsets-3 gets 4: g t-0 offset 0 epoch -1
|   11.133 c1 has committed automatically t-0=0
kill c2b
wait 12s
|   16.131 c1 -> broker 1: OffsetCommit generation 1 t-0=0
|   16.131 __consumer_offsets-3 gets 5: g t-0 offset 0 epoch -1
|   16.133 c1 has committed automatically t-0=0
|   21.037 broker 1: i2 is no member of g any more (its session expired)
|   21.037 broker 1: g is PreparingRebalance in generation 1
|   21.126 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   21.126 c1 -> broker 1: OffsetCommit generation 1 t-0=0
|   21.126 __consumer_offsets-3 gets 6: g t-0 offset 0 epoch -1
|   21.128 c1 has committed automatically t-0=0
|   21.128 c1 gives up [t-0]
|   21.129 c1 -> broker 1: JoinGroup as 'i1' instance i1, range or cooperative-sticky
|   21.129 broker 1: g is CompletingRebalance in generation 2
|   21.130 c1 -> broker 1: SyncGroup generation 2 with 1 assignments
|   21.130 __consumer_offsets-3 gets 7: g generation 2, range, members i1=[t 0 1]
|   21.131 broker 1: g is Stable in generation 2
|   21.132 c1 is assigned [t-0, t-1] in generation 2, leads the group
|   21.133 c1 -> broker 1: OffsetFetch of 2 partitions
