# poll returns at most max.poll.records; the rest stays in the buffer for the next poll.
# CON-4
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=10
wait 1s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 0: Produce t-0 10 records, 141 bytes, producer 0 epoch 0 sequence 0
|    0.062 p1 acknowledged t-0 offsets 0 to 9
consumer c1 topic=t group=g from=earliest max.poll.records=4 poll-every=500ms
wait 6s
|    1.032 c1 -> broker 2: FindCoordinator g
|    1.033 controller 100 creates __consumer_offsets with 50 partitions
|    1.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    1.122 c1 -> broker 1: FindCoordinator g
|    1.124 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    1.124 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    1.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    1.125 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    1.125 broker 1: c1 is a member of g
|    1.125 broker 1: g is PreparingRebalance in generation 0
|    4.125 broker 1: g is CompletingRebalance in generation 1
|    4.127 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    4.127 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0]
|    4.128 broker 1: g is Stable in generation 1
|    4.129 c1 is assigned [t-0] in generation 1, leads the group
|    4.129 c1 -> broker 1: OffsetFetch of 1 partitions
|    4.131 c1 -> broker 0: ListOffsets Earliest of t-0
|    4.133 c1 received t-0 offsets 0 to 3
|    4.530 c1 received t-0 offsets 4 to 7
|    5.030 c1 received t-0 offsets 8 to 9
