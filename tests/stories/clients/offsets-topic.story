# What a group leaves in __consumer_offsets: its generation and its offsets, keyed, in the
# partition that its name chooses; deleting the group writes tombstones.
# GRP-1, GRP-11, GRP-21, GRP-22, GRP-24
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=4 keys=2
consumer c1 topic=t group=my-group from=earliest enable.auto.commit=false
wait 6s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator my-group
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.061 p1 -> broker 1: Produce t-1 4 records, 101 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-1 offsets 0 to 3
|    0.122 c1 -> broker 1: FindCoordinator my-group
|    0.124 c1 -> broker 0: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-12 gets 0: my-group generation 0, no protocol, members
|    0.125 broker 0 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.126 c1 -> broker 0: JoinGroup as 'c1', range or cooperative-sticky
|    0.126 broker 0: c1 is a member of my-group
|    0.126 broker 0: my-group is PreparingRebalance in generation 0
|    3.126 broker 0: my-group is CompletingRebalance in generation 1
|    3.127 c1 -> broker 0: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-12 gets 1: my-group generation 1, range, members c1=[t 0 1]
|    3.128 broker 0: my-group is Stable in generation 1
|    3.129 c1 is assigned [t-0, t-1] in generation 1, leads the group
|    3.129 c1 -> broker 0: OffsetFetch of 2 partitions
|    3.130 c1 -> broker 1: ListOffsets Earliest of t-1
|    3.132 c1 -> broker 0: ListOffsets Earliest of t-0
|    3.132 c1 received t-1 offsets 0 to 3
commit c1
wait 1s
|    6.031 c1 -> broker 0: OffsetCommit generation 1 t-0=0 t-1=4
|    6.031 __consumer_offsets-12 gets 2: my-group t-0 offset 0 epoch -1; 3: my-group t-1 offset 4 epoch 0
|    6.033 c1 has committed t-0=0 t-1=4
close c1
wait 1s
|    7.030 c1 gives up [t-0, t-1]
|    7.031 c1 -> broker 0: LeaveGroup
|    7.031 broker 0: c1 is no member of my-group any more (it left)
|    7.031 broker 0: my-group is PreparingRebalance in generation 1
|    7.031 broker 0: my-group is Empty in generation 2
|    7.031 __consumer_offsets-12 gets 4: my-group generation 2, no protocol, members
|    7.033 c1 has closed
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group my-group
|
| GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
| my-group        t               0          0               0               0               -               -               -
| my-group        t               1          4               4               0               -               -               -
| stderr:
| stderr: Consumer group 'my-group' has no active members.
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --delete --group my-group
|    8.056 broker 0: my-group is Dead in generation 2
|    8.056 __consumer_offsets-12 gets 5: my-group t-0 tombstone; 6: my-group t-1 tombstone; 7: my-group tombstone
| Deletion of requested consumer groups ('my-group') was successful.
$ kafka-consumer-groups.sh --bootstrap-server localhost:9092 --list
