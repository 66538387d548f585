# An eligible leader replica leads cleanly: it left the ISR when fewer than
# min.insync.replicas were in it, so nothing was acknowledged without it.
# rules: REP-33, REP-34, BRK-2, BRK-5, BRK-7, BRK-8
scenario 1
cluster brokers=3 controllers=1
placement bank 0=0,1,2
$ kafka-topics.sh --create --topic bank --partitions 1 --replication-factor 3 --config min.insync.replicas=2 --bootstrap-server localhost:9092
| Created topic bank.
| log: topic bank; config min.insync.replicas=2; ELR cleared; bank-0 replicas [0,1,2] leader 0
| broker 0 leads bank-0 in epoch 0 from offset 0
| broker 1 follows 0 in bank-0, epoch 0
| broker 2 follows 0 in bank-0, epoch 0
producer all acks=all retries=0 enable.idempotence=false
send all bank one
wait 1s
| all: `one` acknowledged at bank-0 0
stop 2
wait 4s
| log: bank-0 ISR [0,1]; broker 2 fenced
| broker 2 has stopped cleanly
# Broker 1 stops cleanly: out of the ISR, into the ELR.
stop 1
wait 4s
| log: bank-0 ISR [0] ELR [1]; broker 1 fenced
| broker 1 has stopped cleanly
crash 0
wait 12s
| log: broker 2 fenced
| log: broker 1 fenced
| log: bank-0 leader none ISR [] ELR [0,1] last known ELR [0]; broker 0 fenced
# It comes back as it left: it may lead at once.
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced; bank-0 leader 1 ISR [1] ELR [0] last known ELR []
| broker 1 has no leader to follow in bank-0, epoch 1
| broker 1 leads bank-0 in epoch 2 from offset 1
start 2
wait 5s
| log: broker 2 registers
| log: broker 2 unfenced
| log: bank-0 ISR [1,2] ELR []
| broker 1 asks for the ISR [1,2] of bank-0
| broker 2 follows 1 in bank-0, epoch 2
send all bank two
wait 1s
| all: `two` acknowledged at bank-0 1
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced
| log: bank-0 ISR [0,1,2]
| broker 0 follows 1 in bank-0, epoch 2
| broker 1 asks for the ISR [0,1,2] of bank-0
| In the end:
| bank-0: leader 1, ISR [0,1,2], ELR []
|   on 0: 0:one 2:two (epochs 0@0 2@1)
|   on 1: 0:one 2:two (epochs 0@0 2@1)
|   on 2: 0:one 2:two (epochs 0@0 2@1)
| records: 2 sent, 2 acknowledged, 0 failed, 0 lost, 0 duplicated
