// The main job, start to end: the quick start typed into the terminal, then the same cluster
// stepped, crashed, watched and asked, with the mouse and with the keyboard alone.

import assert from "node:assert/strict";
import { broker, digest, eventNumber, partition, step, until } from "../lib/cluster.mjs";
import { interrupt, printed, run, sees, start, type } from "../lib/terminal.mjs";

const SERVER = "--bootstrap-server localhost:9092";
const TOPIC = "my-replicated-topic";
const PARTITION = `${TOPIC}-0`;

async function createTopic(page) {
  const words = `kafka-topics.sh --create --topic ${TOPIC} --partitions 1 --replication-factor 3 ${SERVER}`;
  assert.match(await run(page, words), new RegExp(`Created topic ${TOPIC}\\.`));
}

async function produce(page, ...values) {
  await start(page, `kafka-console-producer.sh --topic ${TOPIC} ${SERVER}`);
  for (const value of values) await type(page, value);
  await interrupt(page);
}

/** Leader, replicas and ISR as the tool prints them. */
async function describe(page) {
  const words = await run(page, `kafka-topics.sh --describe --topic ${TOPIC} ${SERVER}`);
  const found = /Partition: 0\s+Leader: (\S+)\s+Replicas: (\S+)\s+Isr: (\S+)/.exec(words);
  assert.ok(found, words);
  return { leader: found[1], replicas: found[2], isr: found[3].split(",") };
}

async function consumeFromBeginning(page, count) {
  return run(page, `kafka-console-consumer.sh --topic ${TOPIC} --from-beginning --max-messages ${count} ${SERVER}`);
}

/** To the controller's decision that another broker leads the partition, and on until it knows. */
async function untilLedByAnother(page, leader) {
  return until(page, `${PARTITION} to be led by another than ${leader}`, async () => {
    const leading = await leaderInPicture(page);
    if (leading && leading !== leader) return leading;
    const decided = (await partition(page, PARTITION)).leader !== leader;
    await step(page, decided ? "Step forward" : "Next interesting event");
    return null;
  });
}

/** The broker whose replica is drawn as the leader. */
async function leaderInPicture(page) {
  const names = await page.locator(`[data-id^="replica:${PARTITION}@"]`).evaluateAll((found) =>
    found.map((replica) => replica.getAttribute("aria-label")),
  );
  const leaders = names.map((name) => /on broker (\d+), leader,/.exec(name)?.[1]).filter(Boolean);
  return leaders.length === 1 ? leaders[0] : null;
}

/** The links of the chain of causes in the inspector. */
const whySteps = (page) => page.locator("#inspector .why").first().locator(".words").allInnerTexts();

async function quickStart(session) {
  const page = await session.open();
  for (const id of [0, 1, 2]) assert.equal(await broker(page, id), "running");
  await createTopic(page);
  const before = await describe(page);
  assert.equal(before.isr.length, 3);
  await session.picture(page, "quick-start-1-described");

  await produce(page, "my test message 1", "my test message 2");
  const read = await consumeFromBeginning(page, 2);
  assert.match(read, /my test message 1\nmy test message 2\n/);
  await session.picture(page, "quick-start-2-consumed");

  const processes = await run(page, `ps aux | grep server-${before.leader}.properties`);
  const pid = /^\S+\s+(\d+) .*server-\d\.properties/m.exec(processes)?.[1];
  assert.ok(pid, processes);
  await run(page, `kill -9 ${pid}`);
  assert.equal(await broker(page, before.leader), "crashed");
  await session.picture(page, "quick-start-3-killed");

  await untilLedByAnother(page, before.leader);
  const after = await describe(page);
  assert.notEqual(after.leader, before.leader);
  assert.equal(after.replicas, before.replicas);
  assert.deepEqual(after.isr, before.isr.filter((id) => id !== before.leader));
  assert.match(await consumeFromBeginning(page, 2), /my test message 1\nmy test message 2\n/);
  await session.picture(page, "quick-start-4-consumed-again");
}

async function stepAndAsk(session) {
  const page = await session.open();
  await createTopic(page);
  await produce(page, "one", "two");
  const first = await partition(page, PARTITION);

  // Events forwards, then the same events back: the run is in the same state each time.
  const seen = [];
  for (let i = 0; i < 6; i += 1) {
    await step(page, "Step forward");
    seen.push([await eventNumber(page), await digest(page)]);
  }
  for (let i = 1; i < seen.length; i += 1) assert.ok(seen[i][0] > seen[i - 1][0], `${seen}`);
  for (const [event, state] of seen.slice(0, -1).reverse()) {
    await step(page, "Step back");
    assert.deepEqual([await eventNumber(page), await digest(page)], [event, state]);
  }
  await session.picture(page, "failover-1-stepped");

  await page.locator(`[data-id="replica:${PARTITION}@${first.leader}"]`).click();
  await page.locator("#inspector").getByRole("button", { name: "Crash", exact: true }).click();
  await until(page, "the crash", async () => (await broker(page, first.leader)) === "crashed");
  await session.picture(page, "failover-2-crashed");

  await untilLedByAnother(page, first.leader);
  const second = await partition(page, PARTITION);
  assert.equal(second.epoch, first.epoch + 1);
  assert.ok(!second.isr.split(",").includes(first.leader), `ISR ${second.isr}`);

  const why = await whySteps(page);
  assert.match(why[0], new RegExp(`^Broker ${first.leader} crashed`));
  assert.match(why.at(-1), new RegExp(`^Broker ${second.leader} leads ${PARTITION} instead of ${first.leader}`));
  await session.picture(page, "failover-3-why");

  // The first link leads back to the crash; nothing that follows is lost.
  const late = await eventNumber(page);
  await page.locator("#inspector .why button").first().click();
  await until(page, "the way back", async () => (await eventNumber(page)) < late);
  assert.equal((await partition(page, PARTITION)).leader, first.leader);
  await page.keyboard.press("End");
  await until(page, "the end", async () => (await eventNumber(page)) === late);
}

async function keyboardOnly(session) {
  const page = await session.open();
  const { keyboard } = page;
  await keyboard.press("Control+`");
  for (const line of [
    `kafka-topics.sh --create --topic ${TOPIC} --partitions 1 --replication-factor 3 ${SERVER}`,
    `kafka-console-producer.sh --topic ${TOPIC} ${SERVER}`,
  ]) {
    await keyboard.type(line);
    await keyboard.press("Enter");
    await sees(page, /Created topic|>\s*$/);
  }
  await keyboard.type("typed without a mouse");
  await keyboard.press("Enter");
  await sees(page, />typed without a mouse\n>\s*$/);
  await keyboard.press("Control+c");
  await keyboard.press("Escape");

  // Without a selection it is the first partition whose leader crashes.
  const { leader } = await partition(page, "orders-0");
  await keyboard.press("c");
  await until(page, "the crash", async () => (await broker(page, leader)) === "crashed");
  await until(page, "another leader", async () => {
    if ((await partition(page, "orders-0")).leader !== leader) return true;
    await step(page, null, () => keyboard.press("Shift+ArrowRight"));
    return false;
  });
  await session.tabTo(page, "Ask why");
  await keyboard.press("Enter");
  await until(page, "the chain of causes", async () => (await whySteps(page)).length > 1);
  await session.expectAccessible(page);
  await session.picture(page, "keyboard-why");
}

export const tests = {
  "the quick start, typed as tutorials have it": quickStart,
  "produce, step forwards and back, crash the leader, watch and ask why": stepAndAsk,
  "the same by keyboard alone": keyboardOnly,
};
