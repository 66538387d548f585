# commitSync while the member waits for the others to rejoin: RebalanceInProgressException.
# CON-11, GRP-5, GRP-17, GRP-18
scenario 1
cluster brokers=3 controllers=1
placement t 0=0,1,2 1=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2 --replication-factor 3
|    0.004 controller 100 creates t with 2 partitions
| Created topic t.
producer p1
load p1 t every=1ms count=4 keys=4
consumer c1 topic=t group=g from=earliest assignor=cooperative-sticky enable.auto.commit=false heartbeat.interval.ms=1000
consumer c2 topic=t group=g from=earliest assignor=cooperative-sticky enable.auto.commit=false heartbeat.interval.ms=1000
wait 8s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.032 c2 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.033 broker 2 -> c2: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.061 p1 -> broker 1: Produce t-1 3 records, 91 bytes, producer 0 epoch 0 sequence 0
|    0.061 p1 -> broker 0: Produce t-0 1 record, 71 bytes, producer 0 epoch 0 sequence 0
|    0.062 p1 acknowledged t-1 offsets 0 to 2
|    0.063 p1 acknowledged t-0 offset 0
|    0.117 c2 -> broker 2: FindCoordinator g
|    0.119 c2 -> broker 1: JoinGroup as '', cooperative-sticky
|    0.119 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.120 broker 1 -> c2: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.120 c2 -> broker 1: JoinGroup as 'c2', cooperative-sticky
|    0.120 broker 1: c2 is a member of g
|    0.120 broker 1: g is PreparingRebalance in generation 0
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 1: JoinGroup as '', cooperative-sticky
|    0.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.126 c1 -> broker 1: JoinGroup as 'c1', cooperative-sticky
|    0.126 broker 1: c1 is a member of g
|    6.120 broker 1: g is CompletingRebalance in generation 1
|    6.121 c2 -> broker 1: SyncGroup generation 1 with 2 assignments
|    6.121 __consumer_offsets-3 gets 1: g generation 1, cooperative-sticky, members c1=[t 0] c2=[t 1]
|    6.122 c1 -> broker 1: SyncGroup generation 1 with 0 assignments
|    6.123 broker 1: g is Stable in generation 1
|    6.123 c1 is assigned [t-0] in generation 1
|    6.123 c2 is assigned [t-1] in generation 1, leads the group
|    6.124 c1 -> broker 1: OffsetFetch of 1 partitions
|    6.124 c2 -> broker 1: OffsetFetch of 1 partitions
|    6.126 c1 -> broker 0: ListOffsets Earliest of t-0
|    6.126 c2 -> broker 1: ListOffsets Earliest of t-1
|    6.128 c2 received t-1 offsets 0 to 2
|    6.128 c1 received t-0 offset 0
stop-polling c2
consumer c3 topic=t group=g from=earliest assignor=cooperative-sticky enable.auto.commit=false heartbeat.interval.ms=1000
wait 2s
|    8.032 c3 -> broker 1: FindCoordinator g
|    8.035 c3 -> broker 1: JoinGroup as '', cooperative-sticky
|    8.035 broker 1 -> c3: JoinGroup refused, MEMBER_ID_REQUIRED
|    8.036 c3 -> broker 1: JoinGroup as 'c3', cooperative-sticky
|    8.036 broker 1: c3 is a member of g
|    8.036 broker 1: g is PreparingRebalance in generation 1
|    8.122 broker 1 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
|    8.122 broker 1 -> c1: Heartbeat refused, REBALANCE_IN_PROGRESS
|    8.123 c1 -> broker 1: JoinGroup as 'c1', cooperative-sticky
|    9.122 broker 1 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
commit c1
wait 1s
|   10.030 c1 cannot commit: RebalanceInProgressException: Offset commit cannot be completed since the consumer is undergoing a rebalance for auto partition assignment. You can try completing the rebalance by calling poll() and then retry the operation.
|   10.122 broker 1 -> c2: Heartbeat refused, REBALANCE_IN_PROGRESS
resume-polling c2
wait 2s
|   11.031 c2 -> broker 1: JoinGroup as 'c2', cooperative-sticky
|   11.031 broker 1: g is CompletingRebalance in generation 2
|   11.032 c3 -> broker 1: SyncGroup generation 2 with 0 assignments
|   11.032 c2 -> broker 1: SyncGroup generation 2 with 3 assignments
|   11.032 __consumer_offsets-3 gets 2: g generation 2, cooperative-sticky, members c1=[t 0] c2=[t 1] c3=[]
|   11.032 c1 -> broker 1: SyncGroup generation 2 with 0 assignments
|   11.033 broker 1: g is Stable in generation 2
|   11.034 c1 is assigned [] in generation 2
|   11.034 c2 is assigned [] in generation 2, leads the group
|   11.034 c3 is assigned [] in generation 2
commit c1
wait 1s
|   13.031 c1 -> broker 1: OffsetCommit generation 2 t-0=1
|   13.031 __consumer_offsets-3 gets 3: g t-0 offset 1 epoch 0
|   13.033 c1 has committed t-0=1
