// The cluster that pictures are taken of.

const SERVER = "--bootstrap-server localhost:9092";

/** Two topics, two producers, two groups. */
export const STORY = `scenario 1
title "Failover"
seed 7
cluster brokers=3 controllers=3
$ kafka-topics.sh --create --topic my-replicated-topic --partitions 1 --replication-factor 3 ${SERVER}
$ kafka-topics.sh --create --topic orders --partitions 3 --replication-factor 2 ${SERVER}
consumer w1 topic=orders group=workers
consumer w2 topic=orders group=workers
consumer b1 topic=orders group=billing
wait 8s
producer shop acks=all
load shop orders every=300ms keys=9
producer p1 acks=all
load p1 my-replicated-topic every=700ms
wait 4s
`;

/** The partition whose leader crashes. */
export const PARTITION = "my-replicated-topic-0";

/** The broker that leads it. */
export async function leader(session, page) {
  const { topics } = await session.call(page, "state");
  const topic = topics.find((topic) => PARTITION.startsWith(topic.name));
  return topic.partitions[0].leader;
}

/** Crashes that broker. */
export async function crashLeader(session, page) {
  await session.call(page, "act", { crash: { broker: await leader(session, page) } });
}
