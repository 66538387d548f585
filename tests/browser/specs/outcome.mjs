// What a person does here: the quick start in the terminal, a crash and its causes, the way back
// over a reload, a link and a file, and what happens to text that cannot be used.

import assert from "node:assert/strict";

/** Opens the page and stops the run it opens with. */
async function opened(session, options) {
  const page = await session.open(options);
  await session.call(page, "pause");
  return page;
}

/** Types a line and gives what the terminal printed. */
async function printed(session, page, line) {
  const { lines } = await session.call(page, "terminal", line);
  return lines.filter(({ channel }) => channel === "out").map(({ text }) => text);
}

const QUICK_START = "scenario 1\nseed 7\ncluster brokers=3 controllers=3\n";
const AT = "--bootstrap-server localhost:9092";
const TOPIC = "--topic my-replicated-topic";

export const tests = {
  "the page opens on a cluster at work, the same for everybody": async (session) => {
    const page = await opened(session);
    const { topics, groups, clients } = await session.call(page, "state");
    assert.ok(topics.some(({ name }) => name === "orders"));
    assert.deepEqual(groups.map(({ name, state, members }) => [name, state, members.length]), [["workers", "Stable", 2]]);
    assert.ok(clients.some(({ name, acked }) => name === "p1" && acked > 0));
    await session.picture(page, "outcome-opened");
  },

  "the quick start prints what Kafka prints, through a crash": async (session) => {
    const page = await opened(session);
    await session.call(page, "load", QUICK_START);
    const created = await printed(session, page, `kafka-topics.sh --create ${TOPIC} --partitions 1 --replication-factor 3 ${AT}`);
    assert.deepEqual(created, ["Created topic my-replicated-topic."]);
    const describe = async () => (await printed(session, page, `kafka-topics.sh --describe ${TOPIC} ${AT}`)).at(-1);
    assert.match(await describe(), /Partition: 0\tLeader: (\d)\tReplicas: \1,\d,\d\tIsr: \1,\d,\d/);
    const started = await session.call(page, "terminal", `kafka-console-producer.sh ${TOPIC} ${AT}`);
    assert.equal(started.waits, "input");
    await session.call(page, "terminal", "my test message 1");
    await session.call(page, "terminal", "my test message 2");
    assert.equal((await session.call(page, "endInput")).waits, "command");
    const consume = `kafka-console-consumer.sh ${TOPIC} --from-beginning --max-messages 2 ${AT}`;
    assert.deepEqual(await printed(session, page, consume), ["my test message 1", "my test message 2"]);
    const [, leader] = /Leader: (\d)/.exec(await describe());
    const [line] = await printed(session, page, `ps aux | grep server-${leader}.properties`);
    await session.call(page, "terminal", `kill -9 ${line.split(/\s+/)[1]}`);
    await session.call(page, "run", { ms: 12_000 });
    const [, next, isr] = /Leader: (\d)\tReplicas: \S+\tIsr: (\S+)/.exec(await describe());
    assert.notEqual(next, leader);
    assert.ok(!isr.includes(leader), `ISR is ${isr}`);
    assert.deepEqual(await printed(session, page, consume), ["my test message 1", "my test message 2"]);
    const broken = (await session.call(page, "checks")).filter(({ holds }) => !holds);
    assert.deepEqual(broken, []);
    await session.picture(page, "outcome-quick-start");
  },

  "why a leader changed is told down to its root, and each link can be visited": async (session) => {
    const page = await opened(session);
    await session.call(page, "act", { crash: { broker: 2 } });
    await session.call(page, "run", { ms: 12_000 });
    const steps = await session.call(page, "why", "partition:orders-0");
    assert.ok(steps.length > 2 && steps.every(({ words }) => words.length > 5), JSON.stringify(steps));
    assert.ok(steps.every(({ at }, i) => i === 0 || at >= steps[i - 1].at), "causes come before their effects");
    await session.call(page, "select", "partition:orders-0");
    const links = page.locator("#inspector ol.why button");
    assert.equal(await links.count(), steps.length);
    await links.last().click();
    await page.waitForFunction((at) => window.brokerscope.summary().time === at, steps.at(-1).at);
  },

  "the inspector answers what happened to a record": async (session) => {
    const page = await opened(session);
    await session.call(page, "act", { send: { topic: "orders", value: "find me" } });
    await session.call(page, "run", { ms: 3_000 });
    await session.call(page, "select", "partition:orders-0");
    await page.locator("#inspector ul.why button").first().click();
    const fate = await page.locator("#inspector").innerText();
    assert.match(fate, /appended it to orders-0 at offset/);
    assert.match(fate, /The high watermark passed it/);
    assert.match(fate, /was told that it is stored \(acks=all\)/);
    await session.picture(page, "outcome-record");
  },

  "a run with a branch survives a reload, a link and a file": async (session) => {
    const page = await opened(session);
    const fork = await session.call(page, "summary");
    await session.call(page, "act", { crash: { broker: 1 } });
    await session.call(page, "run", { ms: 2_000 });
    await session.call(page, "seek", fork.time + 500_000);
    await session.call(page, "act", { pause: { broker: 0 } });
    const before = await session.call(page, "run", { ms: 1_500 });
    assert.equal(before.branches, 2);
    const link = await session.call(page, "link");
    const scenario = await session.call(page, "scenario");
    await page.reload();
    await session.ready(page);
    const { digest, branches, branch } = await session.call(page, "summary");
    assert.deepEqual([digest, branches, branch], [before.digest, 2, 1]);
    const other = await session.open({ hash: link.slice(link.indexOf("#")) });
    assert.equal(await session.call(other, "digest"), before.digest);
    const loaded = await session.call(other, "load", scenario);
    assert.equal(loaded.digest, before.digest);
  },

  "a damaged link and a corrupt saved run are told, set aside and never lost": async (session) => {
    const page = await session.open({ hash: "#v1.damaged" });
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /This link cannot be opened/);
    await session.expectAccessible(page);
    const kept = await session.open({
      before: (page) => page.addInitScript(() => localStorage.setItem("brokerscope.session", "{\"v\":1,")),
    });
    await kept.getByRole("dialog").waitFor();
    assert.match(await kept.getByRole("dialog").innerText(), /set aside as kept\.brokerscope\.session/);
    assert.equal(await kept.evaluate(() => localStorage.getItem("kept.brokerscope.session")), "{\"v\":1,");
    await session.picture(kept, "outcome-corrupt");
  },

  "a mistake in a pasted scenario is told with line, column and remedy, and the text stays": async (session) => {
    const page = await opened(session);
    await page.keyboard.press("o");
    const field = page.getByLabel("Scenario or link");
    await field.fill("scenario 1\ncrahs 1\n");
    await page.getByRole("button", { name: "Open this" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "Line 2, column 1" });
    assert.match(await alert.innerText(), /did you mean `crash`/);
    assert.equal(await field.inputValue(), "scenario 1\ncrahs 1\n");
    await session.expectAccessible(page);
    await session.picture(page, "outcome-mistake");
  },
};
