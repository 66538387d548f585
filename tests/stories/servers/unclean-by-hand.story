# Nobody eligible is left and the operator prefers losing records to waiting: an unclean
# election asked for with the tool. The old leader truncates when it returns.
# rules: REP-25, REP-30, REP-31, REP-32, REP-33
scenario 1
cluster brokers=3 controllers=1
placement alone 0=0,1,2
$ kafka-topics.sh --create --topic alone --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic alone.
| log: topic alone; alone-0 replicas [0,1,2] leader 0
| broker 0 leads alone-0 in epoch 0 from offset 0
| broker 1 follows 0 in alone-0, epoch 0
| broker 2 follows 0 in alone-0, epoch 0
producer p0 acks=1
send p0 alone everybody
wait 1s
| p0: `everybody` acknowledged at alone-0 0
crash 1
wait 12s
| log: alone-0 ISR [0,2]; broker 1 fenced
crash 2
wait 12s
| log: alone-0 ISR [0]; broker 2 fenced
send p0 alone only-zero
wait 1s
| p0: `only-zero` acknowledged at alone-0 1
crash 0
wait 12s
| log: alone-0 leader none ISR [] ELR [0] last known ELR [0]; broker 0 fenced
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced
| broker 1 has no leader to follow in alone-0, epoch 1
$ kafka-leader-election.sh --election-type preferred --topic alone --partition 0 --bootstrap-server localhost:9093
| Error completing leader election (PREFERRED) for partition: alone-0: org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: The preferred leader was not available.
| stderr: 1 replica(s) could not be elected
| stderr: org.apache.kafka.tools.AdminCommandFailedException: 1 replica(s) could not be elected
| stderr: 	Suppressed: org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: The preferred leader was not available.
| stderr:
| exit 1
$ kafka-leader-election.sh --election-type unclean --topic alone --partition 0 --bootstrap-server localhost:9093
| Successfully completed leader election (UNCLEAN) for partitions alone-0
| log: alone-0 leader 1 ISR [1] ELR [] last known ELR [] unclean
| broker 1 leads alone-0 in epoch 2 from offset 1
wait 1s
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: alone-0 ISR [0,1] recovered
| broker 0 follows 1 in alone-0, epoch 2
| broker 0 cuts alone-0 from 2 back to 1
| broker 1 asks for the ISR [0,1] of alone-0
| In the end:
| alone-0: leader 1, ISR [0,1], ELR []
|   on 0: 0:everybody (epochs 0@0)
|   on 1: 0:everybody (epochs 0@0 2@1)
|   on 2: 0:everybody (epochs 0@0)
| records: 2 sent, 2 acknowledged, 0 failed, 1 lost, 0 duplicated
| INV-12 LeaderComplete: broken, as unclean.leader.election.enable=true permits
| INV-13 NoCommittedLost: broken, as acks=1 permits
| INV-16 TrueHwMonotone: broken, as unclean.leader.election.enable=true permits
