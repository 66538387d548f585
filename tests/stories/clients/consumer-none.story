# auto.offset.reset=none without a committed offset: poll throws, again and again.
# CON-2
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
consumer c1 topic=t group=g from=none
wait 3300ms
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.150 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.150 broker 1: c1 is a member of g
|    0.150 broker 1: g is PreparingRebalance in generation 0
|    3.150 broker 1: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0]
|    3.153 broker 1: g is Stable in generation 1
|    3.153 c1 is assigned [t-0] in generation 1, leads the group
|    3.154 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.154 c1 poll throws NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [t-0]
|    3.155 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.230 c1 poll throws NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [t-0]
|    3.231 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.330 c1 poll throws NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [t-0]
