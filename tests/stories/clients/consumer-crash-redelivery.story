# Records returned after the last commit are returned again to who takes over.
# CON-1, CON-8, CON-9, GRP-14
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=3
consumer c1 topic=t group=g from=earliest enable.auto.commit=false session.timeout.ms=6000 heartbeat.interval.ms=2000
wait 5s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.061 p1 -> broker 0: Produce t-0 3 records, 85 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offsets 0 to 2
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.126 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.126 broker 1: c1 is a member of g
|    0.126 broker 1: g is PreparingRebalance in generation 0
|    3.126 broker 1: g is CompletingRebalance in generation 1
|    3.127 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0]
|    3.128 broker 1: g is Stable in generation 1
|    3.129 c1 is assigned [t-0] in generation 1, leads the group
|    3.129 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.132 c1 -> broker 0: ListOffsets Earliest of t-0
|    3.133 c1 received t-0 offsets 0 to 2
commit c1
load p1 t every=1ms count=2
wait 1s
|    5.031 c1 -> broker 1: OffsetCommit generation 1 t-0=3
|    5.031 __consumer_offsets-3 gets 2: g t-0 offset 3 epoch 0
|    5.033 c1 has committed t-0=3
|    5.036 p1 -> broker 0: Produce t-0 2 records, 77 bytes, producer 0 epoch 0 sequence 3
|    5.038 c1 received t-0 offsets 3 to 4
|    5.038 p1 acknowledged t-0 offsets 3 to 4
kill c1
consumer c2 topic=t group=g from=earliest session.timeout.ms=6000
wait 12s
|    6.032 c2 -> broker 2: FindCoordinator g
|    6.034 c2 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    6.035 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    6.036 c2 -> broker 1: JoinGroup as 'c2', range or cooperative-sticky
|    6.036 broker 1: c2 is a member of g
|    6.036 broker 1: g is PreparingRebalance in generation 1
|   11.127 broker 1: c1 is no member of g any more (its session expired)
|   11.127 broker 1: g is CompletingRebalance in generation 2
|   11.128 c2 -> broker 1: SyncGroup generation 2 with 1 assignments
|   11.128 __consumer_offsets-3 gets 3: g generation 2, range, members c2=[t 0]
|   11.129 broker 1: g is Stable in generation 2
|   11.130 c2 is assigned [t-0] in generation 2, leads the group
|   11.130 c2 -> broker 1: OffsetFetch of 1 partitions
|   11.133 c2 -> broker 0: OffsetForLeaderEpoch 0 of t-0
|   11.135 c2 received t-0 offsets 3 to 4
|   16.131 c2 -> broker 1: OffsetCommit generation 2 t-0=5
|   16.131 __consumer_offsets-3 gets 4: g t-0 offset 5 epoch 0
|   16.133 c2 has committed automatically t-0=5
