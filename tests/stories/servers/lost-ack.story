# acks=1 is the leader's word alone: what only it had is cut off when it comes back as a
# follower. acks=all did not promise anything yet.
# rules: REP-7, REP-24, REP-25, REP-27, EPO-4, BRK-7
scenario 1
cluster brokers=3 controllers=1
placement risky 0=0,1,2
$ kafka-topics.sh --create --topic risky --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic risky.
| log: topic risky; risky-0 replicas [0,1,2] leader 0
| broker 0 leads risky-0 in epoch 0 from offset 0
| broker 1 follows 0 in risky-0, epoch 0
| broker 2 follows 0 in risky-0, epoch 0
producer one acks=1
producer all acks=all
send one risky kept
wait 1s
| one: `kept` acknowledged at risky-0 0
pause 1
pause 2
# The leader's answers to the fetches that were under way still arrive: both will find
# the first record in their sockets. Nobody fetches the second.
send one risky on-its-way
wait 100ms
| one: `on-its-way` acknowledged at risky-0 1
send one risky word-of-one
wait 1s
| one: `word-of-one` acknowledged at risky-0 2
crash 0
resume 1
resume 2
wait 12s
| log: risky-0 leader 1 ISR [1,2]; broker 0 fenced
| broker 1 leads risky-0 in epoch 1 from offset 2
| broker 2 follows 1 in risky-0, epoch 1
send all risky word-of-all
wait 1s
| all: `word-of-all` acknowledged at risky-0 2
start 0
wait 6s
| log: broker 0 registers
| log: broker 0 unfenced
| log: risky-0 ISR [0,1,2]
| broker 0 follows 1 in risky-0, epoch 1
| broker 0 cuts risky-0 from 3 back to 2
| broker 1 asks for the ISR [0,1,2] of risky-0
| In the end:
| risky-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:kept 0:on-its-way 1:word-of-all (epochs 0@0 1@2)
|   on 1: 0:kept 0:on-its-way 1:word-of-all (epochs 0@0 1@2)
|   on 2: 0:kept 0:on-its-way 1:word-of-all (epochs 0@0 1@2)
| records: 4 sent, 4 acknowledged, 0 failed, 1 lost, 0 duplicated
| INV-13 NoCommittedLost: broken, as acks=1 permits
