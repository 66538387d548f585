# Cooperative rebalances: members keep reading, give up only what they lose, and join once more.
# GRP-18
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0 2=2,0,1 3=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 4 --replication-factor 3
|    0.004 controller 100 creates t with 4 partitions
| Created topic t.
consumer c1 topic=t group=g assignor=cooperative-sticky session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 6s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 2: JoinGroup as '', cooperative-sticky
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.150 broker 2 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 2: JoinGroup as 'c1', cooperative-sticky
|    0.150 broker 2: c1 is a member of g
|    0.150 broker 2: g is PreparingRebalance in generation 0
|    3.150 broker 2: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 2: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-3 gets 1: g generation 1, cooperative-sticky, members c1=[t 0 1 2 3]
|    3.153 broker 2: g is Stable in generation 1
|    3.153 c1 is assigned [t-0, t-1, t-2, t-3] in generation 1, leads the group
|    3.154 c1 -> broker 2: OffsetFetch of 4 partitions
|    3.155 c1 -> broker 1: ListOffsets Latest of t-1
|    3.156 c1 -> broker 2: ListOffsets Latest of t-2
|    3.156 c1 -> broker 0: ListOffsets Latest of t-0, Latest of t-3
consumer c2 topic=t group=g assignor=cooperative-sticky session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 6s
|    6.032 c2 -> broker 2: FindCoordinator g
|    6.035 c2 -> broker 2: JoinGroup as '', cooperative-sticky
|    6.035 broker 2 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    6.036 c2 -> broker 2: JoinGroup as 'c2', cooperative-sticky
|    6.036 broker 2: c2 is a member of g
|    6.036 broker 2: g is PreparingRebalance in generation 1
|    6.152 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|    6.153 c1 -> broker 2: OffsetCommit generation 1 t-0=0 t-1=0 t-2=0 t-3=0
|    6.153 __consumer_offsets-3 gets 2: g t-0 offset 0 epoch -1; 3: g t-1 offset 0 epoch -1; 4: g t-2 offset 0 epoch -1; 5: g t-3 offset 0 epoch -1
|    6.155 c1 has committed automatically t-0=0 t-1=0 t-2=0 t-3=0
|    6.155 c1 -> broker 2: JoinGroup as 'c1', cooperative-sticky
|    6.155 broker 2: g is CompletingRebalance in generation 2
|    6.156 c1 -> broker 2: SyncGroup generation 2 with 2 assignments
|    6.156 __consumer_offsets-3 gets 6: g generation 2, cooperative-sticky, members c1=[t 0 1] c2=[]
|    6.156 c2 -> broker 2: SyncGroup generation 2 with 0 assignments
|    6.158 broker 2: g is Stable in generation 2
|    6.158 c1 gives up [t-2, t-3]
|    6.158 c1 is assigned [] in generation 2, leads the group
|    6.158 c2 is assigned [] in generation 2
|    6.159 c1 -> broker 2: OffsetCommit generation 2 t-0=0 t-1=0
|    6.159 __consumer_offsets-3 gets 7: g t-0 offset 0 epoch -1; 8: g t-1 offset 0 epoch -1
|    6.161 c1 has committed automatically t-0=0 t-1=0
|    6.161 c1 -> broker 2: JoinGroup as 'c1', cooperative-sticky
|    6.161 broker 2: g is PreparingRebalance in generation 2
|    7.157 broker 2 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
|    7.158 c2 -> broker 2: JoinGroup as 'c2', cooperative-sticky
|    7.158 broker 2: g is CompletingRebalance in generation 3
|    7.159 c1 -> broker 2: SyncGroup generation 3 with 2 assignments
|    7.159 __consumer_offsets-3 gets 9: g generation 3, cooperative-sticky, members c1=[t 0 1] c2=[t 2 3]
|    7.159 c2 -> broker 2: SyncGroup generation 3 with 0 assignments
|    7.160 broker 2: g is Stable in generation 3
|    7.161 c2 is assigned [t-2, t-3] in generation 3
|    7.161 c1 is assigned [] in generation 3, leads the group
|    7.161 c2 -> broker 2: OffsetFetch of 2 partitions
close c2
wait 4s
|   12.031 c2 -> broker 2: OffsetCommit generation 3 t-2=0 t-3=0
|   12.031 __consumer_offsets-3 gets 10: g t-2 offset 0 epoch -1; 11: g t-3 offset 0 epoch -1
|   12.033 c2 has committed automatically t-2=0 t-3=0
|   12.033 c2 gives up [t-2, t-3]
|   12.033 c2 -> broker 2: LeaveGroup
|   12.033 broker 2: c2 is no member of g any more (it left)
|   12.033 broker 2: g is PreparingRebalance in generation 3
|   12.034 c2 has closed
|   12.160 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   12.160 c1 -> broker 2: OffsetCommit generation 3 t-0=0 t-1=0
|   12.160 __consumer_offsets-3 gets 12: g t-0 offset 0 epoch -1; 13: g t-1 offset 0 epoch -1
|   12.162 c1 has committed automatically t-0=0 t-1=0
|   12.163 c1 -> broker 2: JoinGroup as 'c1', cooperative-sticky
|   12.163 broker 2: g is CompletingRebalance in generation 4
|   12.164 c1 -> broker 2: SyncGroup generation 4 with 1 assignments
|   12.164 __consumer_offsets-3 gets 14: g generation 4, cooperative-sticky, members c1=[t 0 1 2 3]
|   12.165 broker 2: g is Stable in generation 4
|   12.166 c1 is assigned [t-2, t-3] in generation 4, leads the group
|   12.166 c1 -> broker 2: OffsetFetch of 2 partitions
