# A member that does not poll delays the rebalance of the whole group.
# GRP-7, GRP-16, GRP-17
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
consumer c1 topic=t group=g heartbeat.interval.ms=1000
wait 6s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.150 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.150 broker 1: c1 is a member of g
|    0.150 broker 1: g is PreparingRebalance in generation 0
|    3.150 broker 1: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0 1]
|    3.153 broker 1: g is Stable in generation 1
|    3.153 c1 is assigned [t-0, t-1] in generation 1, leads the group
|    3.154 c1 -> broker 1: OffsetFetch of 2 partitions
|    3.155 c1 -> broker 1: ListOffsets Latest of t-1
|    3.157 c1 -> broker 0: ListOffsets Latest of t-0
stop-polling c1
consumer c2 topic=t group=g heartbeat.interval.ms=1000
wait 5s
|    6.032 c2 -> broker 2: FindCoordinator g
|    6.035 c2 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    6.035 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    6.036 c2 -> broker 1: JoinGroup as 'c2', range or cooperative-sticky
|    6.036 broker 1: c2 is a member of g
|    6.036 broker 1: g is PreparingRebalance in generation 1
|    6.152 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS (times 5)
resume-polling c1
wait 2s
|   11.031 c1 -> broker 1: OffsetCommit generation 1 t-0=0 t-1=0
|   11.031 __consumer_offsets-3 gets 2: g t-0 offset 0 epoch -1; 3: g t-1 offset 0 epoch -1
|   11.033 c1 has committed automatically t-0=0 t-1=0
|   11.033 c1 gives up [t-0, t-1]
|   11.033 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|   11.033 broker 1: g is CompletingRebalance in generation 2
|   11.035 c2 -> broker 1: SyncGroup generation 2 with 0 assignments
|   11.035 c1 -> broker 1: SyncGroup generation 2 with 2 assignments
|   11.035 __consumer_offsets-3 gets 4: g generation 2, range, members c1=[t 0] c2=[t 1]
|   11.036 broker 1: g is Stable in generation 2
|   11.037 c1 is assigned [t-0] in generation 2, leads the group
|   11.037 c2 is assigned [t-1] in generation 2
|   11.037 c1 -> broker 1: OffsetFetch of 1 partitions
|   11.037 c2 -> broker 1: OffsetFetch of 1 partitions
