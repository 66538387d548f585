# All brokers are stopped cleanly, one after the other, and started in another order. The
# last one hands over to nobody: it keeps its place as an eligible leader and leads
# cleanly when it is back.
# rules: BRK-2, BRK-4, BRK-5, BRK-8, REP-33, REP-34, REP-35
scenario 1
cluster brokers=3 controllers=1
placement sleep 0=0,1,2
$ kafka-topics.sh --create --topic sleep --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic sleep.
| log: topic sleep; sleep-0 replicas [0,1,2] leader 0
| broker 0 leads sleep-0 in epoch 0 from offset 0
| broker 1 follows 0 in sleep-0, epoch 0
| broker 2 follows 0 in sleep-0, epoch 0
producer p0 acks=all
send p0 sleep kept
wait 1s
| p0: `kept` acknowledged at sleep-0 0
stop 1
wait 12s
| log: sleep-0 ISR [0,2]; broker 1 fenced
| log: broker 1 fenced
| broker 1 has stopped cleanly
stop 2
wait 12s
| log: sleep-0 ISR [0]; broker 2 fenced
| log: broker 2 fenced
| broker 2 has stopped cleanly
stop 0
wait 12s
| log: broker 0 in controlled shutdown; sleep-0 leader none ISR [] ELR [0] last known ELR [0]
| log: broker 0 fenced
| log: broker 0 fenced
| broker 0 has no leader to follow in sleep-0, epoch 1
| broker 0 has stopped cleanly
start 1
wait 5s
| log: broker 1 registers
| log: broker 1 unfenced
| broker 1 has no leader to follow in sleep-0, epoch 1
start 0
wait 5s
| log: broker 0 registers
| log: broker 0 unfenced; sleep-0 leader 0 ISR [0] ELR [] last known ELR []
| log: sleep-0 ISR [0,1]
| broker 0 has no leader to follow in sleep-0, epoch 1
| broker 0 leads sleep-0 in epoch 2 from offset 1
| broker 0 asks for the ISR [0,1] of sleep-0
| broker 1 follows 0 in sleep-0, epoch 2
start 2
wait 5s
| log: broker 2 registers
| log: broker 2 unfenced
| log: sleep-0 ISR [0,1,2]
| broker 0 asks for the ISR [0,1,2] of sleep-0
| broker 2 follows 0 in sleep-0, epoch 2
| In the end:
| sleep-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:kept (epochs 0@0 2@1)
|   on 1: 0:kept (epochs 0@0)
|   on 2: 0:kept (epochs 0@0)
| records: 1 sent, 1 acknowledged, 0 failed, 0 lost, 0 duplicated
