# The coordinator shuts down cleanly: its partitions move first, and it says NOT_COORDINATOR.
# GRP-2, GRP-26, GRP-27
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
placement __consumer_offsets 0=2,0,1
set offsets.topic.num.partitions=1
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
consumer c1 topic=t group=g from=earliest session.timeout.ms=10000
wait 6s
|    0.032 c1 -> broker 0: FindCoordinator g
|    0.033 broker 0 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 1 partitions
|    0.147 c1 -> broker 1: FindCoordinator g
|    0.149 c1 -> broker 2: JoinGroup as '', range or cooperative-sticky
|    0.149 __consumer_offsets-0 gets 0: g generation 0, no protocol, members
|    0.150 broker 2 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.150 c1 -> broker 2: JoinGroup as 'c1', range or cooperative-sticky
|    0.150 broker 2: c1 is a member of g
|    0.150 broker 2: g is PreparingRebalance in generation 0
|    3.150 broker 2: g is CompletingRebalance in generation 1
|    3.152 c1 -> broker 2: SyncGroup generation 1 with 1 assignments
|    3.152 __consumer_offsets-0 gets 1: g generation 1, range, members c1=[t 0]
|    3.153 broker 2: g is Stable in generation 1
|    3.153 c1 is assigned [t-0] in generation 1, leads the group
|    3.154 c1 -> broker 2: OffsetFetch of 1 partitions
|    3.157 c1 -> broker 0: ListOffsets Earliest of t-0
stop 2
wait 10s
|    6.031 controller 100 lets broker 2 shut down
|    6.031 controller 100: t-0 has leader 0 in epoch 0, ISR 0 1 (broker 2 shuts down)
|    6.152 broker 2 -> c1: Heartbeat refused, NOT_COORDINATOR
|    6.153 c1 -> broker 1: FindCoordinator g
|    8.108 controller 100 fences broker 2
|    8.134 broker 2 has stopped
|    8.169 c1 -> broker 0: OffsetCommit generation 1 t-0=0
|    8.169 __consumer_offsets-0 gets 2: g t-0 offset 0 epoch -1
|    8.171 c1 has committed automatically t-0=0
|   13.182 c1 -> broker 0: OffsetCommit generation 1 t-0=0
|   13.182 __consumer_offsets-0 gets 3: g t-0 offset 0 epoch -1
|   13.185 c1 has committed automatically t-0=0
