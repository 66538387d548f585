# acks=1 is answered after the leader's append; acks=0 never is, and the offset stays unknown.
# Both switch idempotence off: no producer id, no sequences.
# PRO-7, PRO-12
scenario 1
cluster brokers=3 controllers=1
placement t 0=1,2,0
$ kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 1 --replication-factor 3
|    0.004 controller 100 creates t with 1 partitions
| Created topic t.
producer leader acks=1
producer nobody acks=0
send leader t a
wait 1s
|    0.039 leader -> broker 1: Produce t-0 1 record, 69 bytes
|    0.040 leader acknowledged t-0 offset 0
send nobody t b
wait 1s
|    1.039 nobody acknowledged t-0 at an unknown offset
|    1.040 nobody -> broker 1: Produce t-0 1 record, 69 bytes
