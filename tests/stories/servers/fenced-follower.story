# A follower is cut off from the controllers but not from its leader: it fetches on and
# does not know that it is fenced. It has every record, and still the leader does not ask
# for it in the ISR until it is unfenced.
# rules: BRK-6, BRK-7, BRK-11, REP-17
scenario 1
cluster brokers=3 controllers=1
placement half 0=0,1,2
$ kafka-topics.sh --create --topic half --partitions 1 --replication-factor 3 --bootstrap-server localhost:9092
| Created topic half.
| log: topic half; half-0 replicas [0,1,2] leader 0
| broker 0 leads half-0 in epoch 0 from offset 0
| broker 1 follows 0 in half-0, epoch 0
| broker 2 follows 0 in half-0, epoch 0
producer p0 acks=all
cut 2 - 100
wait 12s
| log: half-0 ISR [0,1]; broker 2 fenced
send p0 half without-two
wait 3s
| p0: `without-two` acknowledged at half-0 0
heal
wait 8s
| log: broker 2 unfenced
| log: half-0 ISR [0,1,2]
| broker 0 asks for the ISR [0,1,2] of half-0
| In the end:
| half-0: leader 0, ISR [0,1,2], ELR []
|   on 0: 0:without-two (epochs 0@0)
|   on 1: 0:without-two (epochs 0@0)
|   on 2: 0:without-two (epochs 0@0)
| records: 1 sent, 1 acknowledged, 0 failed, 0 lost, 0 duplicated
