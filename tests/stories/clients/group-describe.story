# What kafka-consumer-groups shows of a group with lag, with and without members.
# CON-1, CON-7, GRP-22, GRP-24
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=4 keys=4
consumer c1 topic=t group=g from=earliest enable.auto.commit=false
wait 6s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.060 p1 -> broker 1: Produce t-1 3 records, 91 bytes, producer 0 epoch 0 sequence 0
|    0.061 p1 -> broker 0: Produce t-0 1 record, 71 bytes, producer 0 epoch 0 sequence 0
|    0.062 p1 acknowledged t-1 offsets 0 to 2
|    0.063 p1 acknowledged t-0 offset 0
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.125 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.125 broker 1: c1 is a member of g
|    0.125 broker 1: g is PreparingRebalance in generation 0
|    3.125 broker 1: g is CompletingRebalance in generation 1
|    3.127 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0 1]
|    3.128 broker 1: g is Stable in generation 1
|    3.128 c1 is assigned [t-0, t-1] in generation 1, leads the group
|    3.129 c1 -> broker 1: OffsetFetch of 2 partitions
|    3.130 c1 -> broker 1: ListOffsets Earliest of t-1
|    3.131 c1 -> broker 0: ListOffsets Earliest of t-0
|    3.132 c1 received t-1 offsets 0 to 2
|    3.230 c1 received t-0 offset 0
commit c1
wait 1s
|    6.031 c1 -> broker 1: OffsetCommit generation 1 t-0=1 t-1=3
|    6.031 __consumer_offsets-3 gets 2: g t-0 offset 1 epoch 0; 3: g t-1 offset 3 epoch 0
|    6.032 c1 has committed t-0=1 t-1=3
load p1 t every=1ms count=6 keys=4
wait 1s
|    7.036 p1 -> broker 1: Produce t-1 4 records, 101 bytes, producer 0 epoch 0 sequence 3
|    7.038 c1 received t-1 offsets 3 to 6
|    7.038 p1 acknowledged t-1 offsets 3 to 6
|    7.039 p1 -> broker 0: Produce t-0 1 record, 71 bytes, producer 0 epoch 0 sequence 1
|    7.041 p1 acknowledged t-0 offset 1
|    7.041 p1 -> broker 1: Produce t-1 1 record, 71 bytes, producer 0 epoch 0 sequence 7
|    7.043 p1 acknowledged t-1 offset 7
|    7.130 c1 received t-0 offset 1
|    7.130 c1 received t-1 offset 7
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g
|
| GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID                             HOST            CLIENT-ID
| g               t               0          1               2               1               c1-b177d7ac-1dbf-4f74-b5fd-01ca8e0acff1 /127.0.0.1      c1
| g               t               1          3               8               5               c1-b177d7ac-1dbf-4f74-b5fd-01ca8e0acff1 /127.0.0.1      c1
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g --state
|
| GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS
| g               localhost:9093  (1)       range                Stable               1
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g --members --verbose
|
| GROUP           CONSUMER-ID                             HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT
| g               c1-b177d7ac-1dbf-4f74-b5fd-01ca8e0acff1 /127.0.0.1      c1              2               -               t:0,1                -               -
close c1
wait 1s
|    8.070 c1 gives up [t-0, t-1]
|    8.070 c1 -> broker 1: LeaveGroup
|    8.070 broker 1: c1 is no member of g any more (it left)
|    8.070 broker 1: g is PreparingRebalance in generation 1
|    8.070 broker 1: g is Empty in generation 2
|    8.070 __consumer_offsets-3 gets 4: g generation 2, no protocol, members
|    8.072 c1 has closed
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group g
|
| GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
| g               t               0          1               2               1               -               -               -
| g               t               1          3               8               5               -               -               -
| stderr:
| stderr: Consumer group 'g' has no active members.
