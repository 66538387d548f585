# Retention has removed the records at the committed offset: OFFSET_OUT_OF_RANGE, and the position
# is reset to where the log begins.
# CON-5
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
set log.retention.check.interval.ms=10000
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3 --config segment.ms=2000 --config retention.ms=8000
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=3
consumer c1 topic=t group=g from=earliest
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
close c1
load p1 t every=3s count=5
wait 40s
|    5.031 c1 -> broker 1: OffsetCommit generation 1 t-0=3
|    5.031 __consumer_offsets-3 gets 2: g t-0 offset 3 epoch 0
|    5.033 c1 has committed automatically t-0=3
|    5.033 c1 gives up [t-0]
|    5.033 c1 -> broker 1: LeaveGroup
|    5.033 broker 1: c1 is no member of g any more (it left)
|    5.033 broker 1: g is PreparingRebalance in generation 1
|    5.033 broker 1: g is Empty in generation 2
|    5.033 __consumer_offsets-3 gets 3: g generation 2, no protocol, members
|    5.035 c1 has closed
|    5.036 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 3
|    5.038 p1 acknowledged t-0 offset 3
|    8.036 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 4
|    8.038 p1 acknowledged t-0 offset 4
|   11.036 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 5
|   11.038 p1 acknowledged t-0 offset 5
|   14.036 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 6
|   14.038 p1 acknowledged t-0 offset 6
|   17.036 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 7
|   17.038 p1 acknowledged t-0 offset 7
consumer c2 topic=t group=g from=earliest
wait 5s
|   45.032 c2 -> broker 2: FindCoordinator g
|   45.034 c2 -> broker 1: JoinGroup as '', range or cooperative-sticky
|   45.035 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|   45.035 c2 -> broker 1: JoinGroup as 'c2', range or cooperative-sticky
|   45.035 broker 1: c2 is a member of g
|   45.035 broker 1: g is PreparingRebalance in generation 2
|   48.035 broker 1: g is CompletingRebalance in generation 3
|   48.037 c2 -> broker 1: SyncGroup generation 3 with 1 assignments
|   48.037 __consumer_offsets-3 gets 4: g generation 3, range, members c2=[t 0]
|   48.038 broker 1: g is Stable in generation 3
|   48.039 c2 is assigned [t-0] in generation 3, leads the group
|   48.039 c2 -> broker 1: OffsetFetch of 1 partitions
|   48.042 c2 -> broker 0: OffsetForLeaderEpoch 0 of t-0
|   48.044 broker 0 -> c2: Fetch of t-0 refused, OFFSET_OUT_OF_RANGE
|   48.044 c2 -> broker 0: ListOffsets Earliest of t-0
