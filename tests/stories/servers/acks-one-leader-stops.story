# Two replicas, the follower lags behind: the leader is killed before the follower has
# the record. What was acknowledged with acks=1 is gone, as acks=1 permits.
# rules: REP-9, REP-24, REP-25, REP-27, PRO-7
scenario 1
cluster brokers=2 controllers=1
placement pair 0=0,1
$ kafka-topics.sh --create --topic pair --partitions 1 --replication-factor 2 --bootstrap-server localhost:9092
| Created topic pair.
| log: topic pair; pair-0 replicas [0,1] leader 0
| broker 0 leads pair-0 in epoch 0 from offset 0
| broker 1 follows 0 in pair-0, epoch 0
producer one acks=1
send one pair kept
wait 1s
| one: `kept` acknowledged at pair-0 0
cut 1 -> 0
send one pair on-its-way
wait 100ms
| one: `on-its-way` acknowledged at pair-0 1
send one pair lost
wait 1s
| one: `lost` acknowledged at pair-0 2
crash 0
heal
wait 12s
| log: pair-0 leader 1 ISR [1]; broker 0 fenced
| broker 1 leads pair-0 in epoch 1 from offset 2
send one pair next
wait 1s
| one: `next` acknowledged at pair-0 2
start 0
wait 6s
| log: broker 0 registers
| log: broker 0 unfenced
| log: pair-0 ISR [0,1]
| broker 0 follows 1 in pair-0, epoch 1
| broker 0 cuts pair-0 from 3 back to 2
| broker 1 asks for the ISR [0,1] of pair-0
| In the end:
| pair-0: leader 1, ISR [0,1], ELR []
|   on 0: 0:kept 0:on-its-way 1:next (epochs 0@0 1@2)
|   on 1: 0:kept 0:on-its-way 1:next (epochs 0@0 1@2)
| records: 4 sent, 4 acknowledged, 0 failed, 1 lost, 0 duplicated
| INV-13 NoCommittedLost: broken, as acks=1 permits
