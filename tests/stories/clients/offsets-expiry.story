# Offsets of an empty group expire offsets.retention.minutes after it became empty; then the
# group is gone.
# GRP-24, GRP-25
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2
set offsets.retention.minutes=2
set offsets.retention.check.interval.ms=30000
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
send p1 t a
consumer c1 topic=t group=g from=earliest auto.commit.interval.ms=100000
wait 6s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.061 p1 -> broker 0: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offset 0
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
|    3.133 c1 received t-0 offset 0
close c1
wait 1s
|    6.031 c1 -> broker 1: OffsetCommit generation 1 t-0=1
|    6.031 __consumer_offsets-3 gets 2: g t-0 offset 1 epoch 0
|    6.033 c1 has committed automatically t-0=1
|    6.033 c1 gives up [t-0]
|    6.033 c1 -> broker 1: LeaveGroup
|    6.033 broker 1: c1 is no member of g any more (it left)
|    6.033 broker 1: g is PreparingRebalance in generation 1
|    6.033 broker 1: g is Empty in generation 2
|    6.033 __consumer_offsets-3 gets 3: g generation 2, no protocol, members
|    6.035 c1 has closed
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g --offsets
|
| GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
| g               t               0          1               1               0               -               -               -
| stderr:
| stderr: Consumer group 'g' has no active members.
wait 180s
|  150.058 broker 1: g is Dead in generation 2
|  150.058 __consumer_offsets-3 gets 4: g t-0 tombstone; 5: g tombstone
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g --offsets
|
| Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group g not found.
| stderr: java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.GroupIdNotFoundException: Group g not found.
| stderr: Caused by: org.apache.kafka.common.errors.GroupIdNotFoundException: Group g not found.
