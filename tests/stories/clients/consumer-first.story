# Join, positions from the beginning, automatic commits inside poll, a last one at close.
# CON-1, CON-2, CON-3, CON-8, CON-9, GRP-1, GRP-3, GRP-6
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
producer p1
load p1 t every=10ms count=6 keys=3
wait 1s
|    0.032 p1 -> broker 0: InitProducerId
|    0.061 p1 -> broker 1: Produce t-1 3 records, 91 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-1 offsets 0 to 2
|    0.066 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 3
|    0.068 p1 acknowledged t-1 offset 3
|    0.076 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 4
|    0.078 p1 acknowledged t-1 offset 4
|    0.086 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 5
|    0.088 p1 acknowledged t-1 offset 5
consumer c1 topic=t group=g from=earliest
wait 10s
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
|    4.127 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0 1]
|    4.128 broker 1: g is Stable in generation 1
|    4.129 c1 is assigned [t-0, t-1] in generation 1, leads the group
|    4.129 c1 -> broker 1: OffsetFetch of 2 partitions
|    4.130 c1 -> broker 1: ListOffsets Earliest of t-1
|    4.132 c1 -> broker 0: ListOffsets Earliest of t-0
|    4.132 c1 received t-1 offsets 0 to 5
|    9.131 c1 -> broker 1: OffsetCommit generation 1 t-0=0 t-1=6
|    9.131 __consumer_offsets-3 gets 2: g t-0 offset 0 epoch -1; 3: g t-1 offset 6 epoch 0
|    9.133 c1 has committed automatically t-0=0 t-1=6
load p1 t every=10ms count=2 keys=2
wait 1s
|   11.036 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 6
|   11.038 c1 received t-1 offset 6
|   11.038 p1 acknowledged t-1 offset 6
|   11.046 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 7
|   11.048 p1 acknowledged t-1 offset 7
|   11.130 c1 received t-1 offset 7
close c1
wait 1s
|   12.031 c1 -> broker 1: OffsetCommit generation 1 t-0=0 t-1=8
|   12.031 __consumer_offsets-3 gets 4: g t-0 offset 0 epoch -1; 5: g t-1 offset 8 epoch 0
|   12.033 c1 has committed automatically t-0=0 t-1=8
|   12.033 c1 gives up [t-0, t-1]
|   12.033 c1 -> broker 1: LeaveGroup
|   12.033 broker 1: c1 is no member of g any more (it left)
|   12.033 broker 1: g is PreparingRebalance in generation 1
|   12.033 broker 1: g is Empty in generation 2
|   12.033 __consumer_offsets-3 gets 6: g generation 2, no protocol, members
|   12.035 c1 has closed
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g
|
| GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
| g               t               0          0               0               0               -               -               -
| g               t               1          8               8               0               -               -               -
| stderr:
| stderr: Consumer group 'g' has no active members.
