# Eager rebalances: everybody gives up everything, joins, and gets a new share. The third member
# closes, the second one crashes.
# GRP-3, GRP-5, GRP-6, GRP-7, GRP-8, GRP-11, GRP-13, GRP-14, GRP-15, GRP-18
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0 2=2,0,1 3=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 4 --replication-factor 3
|    0.004 controller 100 creates t with 4 partitions
| Created topic t.
consumer c1 topic=t group=g assignor=range session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 6s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 2: JoinGroup as '', range
|    0.149 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.150 broker 2 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 2: JoinGroup as 'c1', range
|    0.150 broker 2: c1 is a member of g
|    0.150 broker 2: g is PreparingRebalance in generation 0
|    3.150 broker 2: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 2: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0 1 2 3]
|    3.153 broker 2: g is Stable in generation 1
|    3.153 c1 is assigned [t-0, t-1, t-2, t-3] in generation 1, leads the group
|    3.154 c1 -> broker 2: OffsetFetch of 4 partitions
|    3.155 c1 -> broker 1: ListOffsets Latest of t-1
|    3.156 c1 -> broker 2: ListOffsets Latest of t-2
|    3.156 c1 -> broker 0: ListOffsets Latest of t-0, Latest of t-3
consumer c2 topic=t group=g assignor=range session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 4s
|    6.032 c2 -> broker 2: FindCoordinator g
|    6.035 c2 -> broker 2: JoinGroup as '', range
|    6.035 broker 2 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    6.036 c2 -> broker 2: JoinGroup as 'c2', range
|    6.036 broker 2: c2 is a member of g
|    6.036 broker 2: g is PreparingRebalance in generation 1
|    6.152 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|    6.153 c1 -> broker 2: OffsetCommit generation 1 t-0=0 t-1=0 t-2=0 t-3=0
|    6.153 __consumer_offsets-3 gets 2: g t-0 offset 0 epoch -1; 3: g t-1 offset 0 epoch -1; 4: g t-2 offset 0 epoch -1; 5: g t-3 offset 0 epoch -1
|    6.155 c1 has committed automatically t-0=0 t-1=0 t-2=0 t-3=0
|    6.155 c1 gives up [t-0, t-1, t-2, t-3]
|    6.155 c1 -> broker 2: JoinGroup as 'c1', range
|    6.155 broker 2: g is CompletingRebalance in generation 2
|    6.156 c1 -> broker 2: SyncGroup generation 2 with 2 assignments
|    6.156 __consumer_offsets-3 gets 6: g generation 2, range, members c1=[t 0 1] c2=[t 2 3]
|    6.156 c2 -> broker 2: SyncGroup generation 2 with 0 assignments
|    6.158 broker 2: g is Stable in generation 2
|    6.158 c1 is assigned [t-0, t-1] in generation 2, leads the group
|    6.158 c2 is assigned [t-2, t-3] in generation 2
|    6.159 c1 -> broker 2: OffsetFetch of 2 partitions
|    6.159 c2 -> broker 2: OffsetFetch of 2 partitions
consumer c3 topic=t group=g assignor=range session.timeout.ms=6000 heartbeat.interval.ms=1000
wait 4s
|   10.032 c3 -> broker 2: FindCoordinator g
|   10.034 c3 -> broker 2: JoinGroup as '', range
|   10.035 broker 2 -> c3: JoinGroup refused, MEMBER_ID_REQUIRED
|   10.035 c3 -> broker 2: JoinGroup as 'c3', range
|   10.035 broker 2: c3 is a member of g
|   10.035 broker 2: g is PreparingRebalance in generation 2
|   10.157 broker 2 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
|   10.157 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   10.158 c2 -> broker 2: OffsetCommit generation 2 t-2=0 t-3=0
|   10.158 __consumer_offsets-3 gets 7: g t-2 offset 0 epoch -1; 8: g t-3 offset 0 epoch -1
|   10.158 c1 -> broker 2: OffsetCommit generation 2 t-0=0 t-1=0
|   10.158 __consumer_offsets-3 gets 9: g t-0 offset 0 epoch -1; 10: g t-1 offset 0 epoch -1
|   10.160 c2 has committed automatically t-2=0 t-3=0
|   10.160 c2 gives up [t-2, t-3]
|   10.160 c2 -> broker 2: JoinGroup as 'c2', range
|   10.161 c1 has committed automatically t-0=0 t-1=0
|   10.161 c1 gives up [t-0, t-1]
|   10.162 c1 -> broker 2: JoinGroup as 'c1', range
|   10.162 broker 2: g is CompletingRebalance in generation 3
|   10.163 c3 -> broker 2: SyncGroup generation 3 with 0 assignments
|   10.163 c1 -> broker 2: SyncGroup generation 3 with 3 assignments
|   10.163 __consumer_offsets-3 gets 11: g generation 3, range, members c1=[t 0 1] c2=[t 2] c3=[t 3]
|   10.163 c2 -> broker 2: SyncGroup generation 3 with 0 assignments
|   10.164 broker 2: g is Stable in generation 3
|   10.165 c3 is assigned [t-3] in generation 3
|   10.165 c1 is assigned [t-0, t-1] in generation 3, leads the group
|   10.165 c2 is assigned [t-2] in generation 3
|   10.165 c3 -> broker 2: OffsetFetch of 1 partitions
|   10.165 c1 -> broker 2: OffsetFetch of 2 partitions
|   10.166 c2 -> broker 2: OffsetFetch of 1 partitions
close c3
wait 4s
|   14.031 c3 -> broker 2: OffsetCommit generation 3 t-3=0
|   14.031 __consumer_offsets-3 gets 12: g t-3 offset 0 epoch -1
|   14.033 c3 has committed automatically t-3=0
|   14.033 c3 gives up [t-3]
|   14.033 c3 -> broker 2: LeaveGroup
|   14.033 broker 2: c3 is no member of g any more (it left)
|   14.033 broker 2: g is PreparingRebalance in generation 3
|   14.034 c3 has closed
|   14.163 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   14.163 broker 2 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
|   14.164 c2 -> broker 2: OffsetCommit generation 3 t-2=0
|   14.164 __consumer_offsets-3 gets 13: g t-2 offset 0 epoch -1
|   14.164 c1 -> broker 2: OffsetCommit generation 3 t-0=0 t-1=0
|   14.164 __consumer_offsets-3 gets 14: g t-0 offset 0 epoch -1; 15: g t-1 offset 0 epoch -1
|   14.166 c2 has committed automatically t-2=0
|   14.166 c2 gives up [t-2]
|   14.166 c2 -> broker 2: JoinGroup as 'c2', range
|   14.167 c1 has committed automatically t-0=0 t-1=0
|   14.167 c1 gives up [t-0, t-1]
|   14.168 c1 -> broker 2: JoinGroup as 'c1', range
|   14.168 broker 2: g is CompletingRebalance in generation 4
|   14.169 c2 -> broker 2: SyncGroup generation 4 with 0 assignments
|   14.169 c1 -> broker 2: SyncGroup generation 4 with 2 assignments
|   14.169 __consumer_offsets-3 gets 16: g generation 4, range, members c1=[t 0 1] c2=[t 2 3]
|   14.170 broker 2: g is Stable in generation 4
|   14.171 c2 is assigned [t-2, t-3] in generation 4
|   14.171 c1 is assigned [t-0, t-1] in generation 4, leads the group
|   14.171 c1 -> broker 2: OffsetFetch of 2 partitions
|   14.171 c2 -> broker 2: OffsetFetch of 2 partitions
kill c2
wait 9s
|   19.195 c1 -> broker 2: OffsetCommit generation 4 t-0=0 t-1=0
|   19.195 __consumer_offsets-3 gets 17: g t-0 offset 0 epoch -1; 18: g t-1 offset 0 epoch -1
|   19.197 c1 has committed automatically t-0=0 t-1=0
|   23.169 broker 2: c2 is no member of g any more (its session expired)
|   23.169 broker 2: g is PreparingRebalance in generation 4
|   23.169 broker 2 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|   23.170 c1 -> broker 2: OffsetCommit generation 4 t-0=0 t-1=0
|   23.170 __consumer_offsets-3 gets 19: g t-0 offset 0 epoch -1; 20: g t-1 offset 0 epoch -1
|   23.172 c1 has committed automatically t-0=0 t-1=0
|   23.172 c1 gives up [t-0, t-1]
|   23.173 c1 -> broker 2: JoinGroup as 'c1', range
|   23.173 broker 2: g is CompletingRebalance in generation 5
|   23.174 c1 -> broker 2: SyncGroup generation 5 with 1 assignments
|   23.174 __consumer_offsets-3 gets 21: g generation 5, range, members c1=[t 0 1 2 3]
|   23.175 broker 2: g is Stable in generation 5
|   23.175 c1 is assigned [t-0, t-1, t-2, t-3] in generation 5, leads the group
|   23.176 c1 -> broker 2: OffsetFetch of 4 partitions
