# Two processes with one group.instance.id: the newer one takes over, the older one is fenced.
# GRP-13, GRP-16, GRP-19
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
consumer c1 topic=t group=g group.instance.id=i1 heartbeat.interval.ms=1000
wait 6s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    0.149 broker 1: i1 is a member of g
|    0.149 broker 1: g is PreparingRebalance in generation 0
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    3.149 broker 1: g is CompletingRebalance in generation 1
|    3.150 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.150 __consumer_offsets-3 gets 1: g generation 1, range, members i1=[t 0]
|    3.152 broker 1: g is Stable in generation 1
|    3.152 c1 is assigned [t-0] in generation 1, leads the group
|    3.153 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.155 c1 -> broker 0: ListOffsets Latest of t-0
consumer c1dup topic=t group=g group.instance.id=i1 heartbeat.interval.ms=1000
wait 2s
|    6.032 c1dup -> broker 2: FindCoordinator g
|    6.034 c1dup -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    6.034 broker 1: i1 is no member of g any more (its instance id was taken over)
|    6.034 broker 1: i1 is a member of g
|    6.034 __consumer_offsets-3 gets 2: g generation 1, range, members i1=[t 0]
|    6.037 c1dup -> broker 1: SyncGroup generation 1 with 0 assignments
|    6.038 c1dup is assigned [t-0] in generation 1, leads the group
|    6.038 c1dup -> broker 1: OffsetFetch of 1 partitions
|    6.041 c1dup -> broker 0: ListOffsets Latest of t-0
|    6.151 broker 1 -> c1: Heartbeat refused, FENCED_INSTANCE_ID
|    6.151 c1 poll throws FencedInstanceIdException: The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.
|    6.230 c1 has lost [t-0]
|    6.231 c1 -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    6.231 broker 1: i1 is no member of g any more (its instance id was taken over)
|    6.231 broker 1: i1 is a member of g
|    6.231 __consumer_offsets-3 gets 3: g generation 1, range, members i1=[t 0]
|    6.233 c1 -> broker 1: SyncGroup generation 1 with 0 assignments
|    6.234 c1 is assigned [t-0] in generation 1, leads the group
|    6.234 c1 -> broker 1: OffsetFetch of 1 partitions
|    6.236 c1 -> broker 0: ListOffsets Latest of t-0
|    7.038 broker 1 -> c1dup: Heartbeat refused, FENCED_INSTANCE_ID
|    7.038 c1dup poll throws FencedInstanceIdException: The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.
|    7.130 c1dup has lost [t-0]
|    7.131 c1dup -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    7.131 broker 1: i1 is no member of g any more (its instance id was taken over)
|    7.131 broker 1: i1 is a member of g
|    7.131 __consumer_offsets-3 gets 4: g generation 1, range, members i1=[t 0]
|    7.133 c1dup -> broker 1: SyncGroup generation 1 with 0 assignments
|    7.134 c1dup is assigned [t-0] in generation 1, leads the group
|    7.134 c1dup -> broker 1: OffsetFetch of 1 partitions
|    7.136 c1dup -> broker 0: ListOffsets Latest of t-0
|    7.234 broker 1 -> c1: Heartbeat refused, FENCED_INSTANCE_ID
|    7.234 c1 poll throws FencedInstanceIdException: The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.
|    7.330 c1 has lost [t-0]
|    7.331 c1 -> broker 1: JoinGroup as '' instance i1, range or cooperative-sticky
|    7.331 broker 1: i1 is no member of g any more (its instance id was taken over)
|    7.331 broker 1: i1 is a member of g
|    7.331 __consumer_offsets-3 gets 5: g generation 1, range, members i1=[t 0]
|    7.333 c1 -> broker 1: SyncGroup generation 1 with 0 assignments
|    7.334 c1 is assigned [t-0] in generation 1, leads the group
|    7.335 c1 -> broker 1: OffsetFetch of 1 partitions
|    7.336 c1 -> broker 0: ListOffsets Latest of t-0
kill c1dup
wait 3s
