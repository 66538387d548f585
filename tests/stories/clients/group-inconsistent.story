# Members without a common assignor cannot be in one group.
# GRP-4
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
consumer c1 topic=t group=g assignor=range
wait 5s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 1: JoinGroup as '', range
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.150 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 1: JoinGroup as 'c1', range
|    0.150 broker 1: c1 is a member of g
|    0.150 broker 1: g is PreparingRebalance in generation 0
|    3.150 broker 1: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0]
|    3.153 broker 1: g is Stable in generation 1
|    3.153 c1 is assigned [t-0] in generation 1, leads the group
|    3.154 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.156 c1 -> broker 0: ListOffsets Latest of t-0
consumer c2 topic=t group=g assignor=roundrobin
wait 300ms
|    5.032 c2 -> broker 2: FindCoordinator g
|    5.034 c2 -> broker 1: JoinGroup as '', roundrobin
|    5.035 broker 1 -> c2: JoinGroup refused, INCONSISTENT_GROUP_PROTOCOL
|    5.035 c2 poll throws InconsistentGroupProtocolException: The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.
|    5.131 c2 -> broker 1: JoinGroup as '', roundrobin
|    5.131 broker 1 -> c2: JoinGroup refused, INCONSISTENT_GROUP_PROTOCOL
|    5.131 c2 poll throws InconsistentGroupProtocolException: The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.
|    5.231 c2 -> broker 1: JoinGroup as '', roundrobin
|    5.231 broker 1 -> c2: JoinGroup refused, INCONSISTENT_GROUP_PROTOCOL
|    5.231 c2 poll throws InconsistentGroupProtocolException: The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.
