# A new leader in a new epoch: the consumer checks that its position is in the new leader's log.
# CON-12
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer p1
load p1 t every=500ms count=40
consumer c1 topic=t group=g from=earliest
wait 6s
|    0.032 p1 -> broker 0: InitProducerId
|    0.032 c1 -> broker 2: FindCoordinator g
|    0.033 broker 2 -> c1: FindCoordinator refused, COORDINATOR_NOT_AVAILABLE
|    0.033 controller 100 creates __consumer_offsets with 50 partitions
|    0.061 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 0
|    0.063 p1 acknowledged t-0 offset 0
|    0.122 c1 -> broker 1: FindCoordinator g
|    0.124 c1 -> broker 1: JoinGroup as '', range or cooperative-sticky
|    0.124 __consumer_offsets-3 gets 0: g generation 0, no protocol, members
|    0.125 broker 1 -> c1: JoinGroup refused, MEMBER_ID_REQUIRED
|    0.125 c1 -> broker 1: JoinGroup as 'c1', range or cooperative-sticky
|    0.125 broker 1: c1 is a member of g
|    0.125 broker 1: g is PreparingRebalance in generation 0
|    0.536 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 1
|    0.538 p1 acknowledged t-0 offset 1
|    1.036 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 2
|    1.038 p1 acknowledged t-0 offset 2
|    1.536 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 3
|    1.538 p1 acknowledged t-0 offset 3
|    2.036 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 4
|    2.038 p1 acknowledged t-0 offset 4
|    2.536 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 5
|    2.538 p1 acknowledged t-0 offset 5
|    3.036 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 6
|    3.038 p1 acknowledged t-0 offset 6
|    3.125 broker 1: g is CompletingRebalance in generation 1
|    3.127 c1 -> broker 1: SyncGroup generation 1 with 1 assignments
|    3.127 __consumer_offsets-3 gets 1: g generation 1, range, members c1=[t 0]
|    3.128 broker 1: g is Stable in generation 1
|    3.129 c1 is assigned [t-0] in generation 1, leads the group
|    3.129 c1 -> broker 1: OffsetFetch of 1 partitions
|    3.130 c1 -> broker 1: ListOffsets Earliest of t-0
|    3.132 c1 received t-0 offsets 0 to 6
|    3.536 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 7
|    3.538 c1 received t-0 offset 7
|    3.538 p1 acknowledged t-0 offset 7
|    4.036 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 8
|    4.038 c1 received t-0 offset 8
|    4.038 p1 acknowledged t-0 offset 8
|    4.536 p1 -> broker 1: Produce t-0 1 record, 69 bytes, producer 0 epoch 0 sequence 9
|    4.538 c1 received t-0 offset 9
|    4.538 p1 acknowledged t-0 offset 9
|    5.036 p1 -> broker 1: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 10
|    5.038 c1 received t-0 offset 10
|    5.038 p1 acknowledged t-0 offset 10
|    5.536 p1 -> broker 1: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 11
|    5.538 c1 received t-0 offset 11
|    5.538 p1 acknowledged t-0 offset 11
crash 1
wait 20s
|    6.033 c1 -> broker 0: FindCoordinator g
|    6.073 c1 warns: no connection to node 1
|    6.080 c1 warns: no connection to node 2147483646
|    6.081 c1 -> broker 0: FindCoordinator g
|    6.089 p1 warns: no connection to node 1
|    6.169 c1 warns: no connection to node 1
|    6.176 p1 warns: no connection to node 1
|    6.191 c1 warns: no connection to node 2147483646
|    6.192 c1 -> broker 0: FindCoordinator g
|    6.361 c1 warns: no connection to node 2147483646
|    6.362 c1 -> broker 0: FindCoordinator g
|    6.366 c1 warns: no connection to node 1
|    6.394 p1 warns: no connection to node 1 (times 2)
|    6.783 c1 warns: no connection to node 1
|    6.815 c1 warns: no connection to node 2147483646
|    6.815 c1 -> broker 0: FindCoordinator g
|    7.551 c1 warns: no connection to node 1
|    7.591 c1 warns: no connection to node 2147483646
|    7.592 c1 -> broker 0: FindCoordinator g
|    7.639 p1 warns: no connection to node 1
|    8.430 c1 warns: no connection to node 1
|    8.546 c1 warns: no connection to node 2147483646
|    8.547 c1 -> broker 0: FindCoordinator g
|    8.640 p1 warns: no connection to node 1
|    9.274 c1 warns: no connection to node 1
|    9.395 c1 warns: no connection to node 2147483646
|    9.396 c1 -> broker 0: FindCoordinator g
|    9.628 p1 warns: no connection to node 1
|   10.104 c1 warns: no connection to node 1
|   10.397 c1 warns: no connection to node 2147483646
|   10.397 c1 -> broker 0: FindCoordinator g
|   10.629 p1 warns: no connection to node 1
|   11.050 c1 warns: no connection to node 1
|   11.398 c1 warns: no connection to node 2147483646
|   11.398 c1 -> broker 0: FindCoordinator g
|   11.537 p1 warns: no connection to node 1
|   11.950 c1 warns: no connection to node 1
|   12.399 c1 warns: no connection to node 2147483646
|   12.399 c1 -> broker 0: FindCoordinator g
|   12.420 p1 warns: no connection to node 1
|   12.877 c1 warns: no connection to node 1
|   13.324 p1 warns: no connection to node 1
|   13.400 c1 warns: no connection to node 2147483646
|   13.400 c1 -> broker 0: FindCoordinator g
|   13.694 c1 warns: no connection to node 1
|   14.325 p1 warns: no connection to node 1
|   14.401 c1 warns: no connection to node 2147483646
|   14.401 c1 -> broker 0: FindCoordinator g
|   14.696 c1 warns: no connection to node 1
|   15.096 controller 100: t-0 has leader 2 in epoch 1, ISR 2 0 (broker 1 is fenced)
|   15.096 controller 100 fences broker 1
|   15.322 p1 warns: no connection to node 1
|   15.329 c1 warns: no connection to node 2147483646
|   15.330 c1 -> broker 0: FindCoordinator g
|   15.332 c1 -> broker 0: OffsetCommit generation 1 t-0=12
|   15.332 __consumer_offsets-3 gets 2: g t-0 offset 12 epoch 0
|   15.406 p1 -> broker 2: Produce t-0 19 records, 252 bytes, producer 0 epoch 0 sequence 12
|   15.440 c1 -> broker 2: OffsetForLeaderEpoch 0 of t-0
|   15.536 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 31
|   15.598 p1 acknowledged t-0 offsets 12 to 31
|   15.598 c1 received t-0 offsets 12 to 31
|   15.599 c1 has committed automatically t-0=12
|   16.036 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 32
|   16.038 p1 acknowledged t-0 offset 32
|   16.038 c1 received t-0 offset 32
|   16.536 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 33
|   16.538 c1 received t-0 offset 33
|   16.538 p1 acknowledged t-0 offset 33
|   17.036 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 34
|   17.038 p1 acknowledged t-0 offset 34
|   17.038 c1 received t-0 offset 34
|   17.536 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 35
|   17.538 c1 received t-0 offset 35
|   17.538 p1 acknowledged t-0 offset 35
|   18.036 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 36
|   18.038 p1 acknowledged t-0 offset 36
|   18.038 c1 received t-0 offset 36
|   18.536 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 37
|   18.538 c1 received t-0 offset 37
|   18.538 p1 acknowledged t-0 offset 37
|   19.036 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 38
|   19.038 p1 acknowledged t-0 offset 38
|   19.038 c1 received t-0 offset 38
|   19.536 p1 -> broker 2: Produce t-0 1 record, 70 bytes, producer 0 epoch 0 sequence 39
|   19.538 p1 acknowledged t-0 offset 39
|   19.538 c1 received t-0 offset 39
|   20.431 c1 -> broker 0: OffsetCommit generation 1 t-0=40
|   20.431 __consumer_offsets-3 gets 3: g t-0 offset 40 epoch 1
|   20.433 c1 has committed automatically t-0=40
|   25.431 c1 -> broker 0: OffsetCommit generation 1 t-0=40
|   25.431 __consumer_offsets-3 gets 4: g t-0 offset 40 epoch 1
|   25.433 c1 has committed automatically t-0=40
