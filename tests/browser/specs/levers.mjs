// What can be set off from the picture: the menu of each kind of object, and what comes of it.

import assert from "node:assert/strict";
import { broker, partition, until } from "../lib/cluster.mjs";
import { printed, sees } from "../lib/terminal.mjs";

const SERVER = "--bootstrap-server localhost:9092";

/** Opens a scenario, stopped. */
async function opened(session, text, options) {
  const page = await session.open(options);
  await session.call(page, "load", text);
  await session.call(page, "pause");
  return page;
}

/** Chooses an entry of an object's menu. */
async function choose(page, object, entry) {
  const drawn = page.locator(`[data-id="${object}"]`).first();
  await drawn.click({ button: "right", position: { x: 30, y: 14 } });
  await page.getByRole("menuitem", { name: entry, exact: true }).click();
}

const run = (session, page, ms) => session.call(page, "run", { ms });

const CLUSTER = `scenario 1
seed 5
cluster brokers=3 controllers=3
$ kafka-topics.sh --create --topic orders --replica-assignment 0:1:2 ${SERVER}
wait 2s
`;

export const tests = {
  "levers: a full disk stops a broker, and it comes back when there is room again": async (session) => {
    const page = await opened(session, CLUSTER);
    await choose(page, "broker:1", "Fill the disk");
    await run(session, page, 12_000);
    assert.match(await broker(page, 1), /crashed|down/);
    await session.picture(page, "levers-full");
    await choose(page, "broker:1", "Repair the disk");
    await choose(page, "broker:1", "Start");
    await run(session, page, 15_000);
    assert.equal(await broker(page, 1), "running");
  },

  "levers: the preferred leader is elected back with Kafka's own tool, seen in the terminal": async (session) => {
    const page = await opened(session, CLUSTER);
    await session.call(page, "terminal", `kafka-console-producer.sh --topic orders ${SERVER}`);
    const { leader } = await partition(page, "orders-0");
    await choose(page, `broker:${leader}`, "Pause");
    await run(session, page, 15_000);
    await choose(page, `broker:${leader}`, "Resume");
    await run(session, page, 15_000);
    assert.notEqual((await partition(page, "orders-0")).leader, leader);
    await page.locator('[data-id="partition:orders-0"]').first().click({ button: "right" });
    await session.picture(page, "levers-partition");
    await page.getByRole("menuitem", { name: "Elect the preferred leader" }).click();
    await sees(page, /Successfully completed leader election/);
    await until(page, "the preferred leader", async () => (await partition(page, "orders-0")).leader === leader);
  },

  "levers: a plan to move a partition is drafted, edited and carried out": async (session) => {
    const page = await opened(session, CLUSTER.replace("0:1:2", "0:1"));
    await page.locator('[data-id="partition:orders-0"]').first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Reassign…" }).click();
    const field = page.locator("#terminal-input");
    await until(page, "the draft", async () => (await field.inputValue()).includes('"replicas":[0,2]'));
    await session.picture(page, "levers-draft");
    await field.press("Enter");
    await sees(page, /Successfully started partition reassignment for orders-0/);
    await run(session, page, 10_000);
    assert.equal((await partition(page, "orders-0")).replicas, "0,2");
  },

  "levers: a group gets a member, loses all, and its offsets are reset": async (session) => {
    const page = await opened(session, `${CLUSTER}producer p\nsend p orders a\nsend p orders b\nconsumer w1 topic=orders group=g from=earliest\nwait 8s\n`);
    await choose(page, "group:g", "Add a member");
    await run(session, page, 8_000);
    const members = async () => (await session.call(page, "state")).groups.find(({ name }) => name === "g").members.length;
    assert.equal(await members(), 2);
    await page.locator('[data-id="group:g"]').first().click({ button: "right", position: { x: 30, y: 14 } });
    const reset = page.getByRole("menuitem", { name: "Reset offsets to earliest" });
    assert.equal(await reset.getAttribute("aria-disabled"), "true");
    await session.picture(page, "levers-group");
    await page.keyboard.press("Escape");
    await choose(page, "client:w1", "Close");
    await choose(page, "client:c1", "Close");
    await run(session, page, 8_000);
    assert.equal(await members(), 0);
    await choose(page, "group:g", "Reset offsets to earliest");
    await sees(page, /orders\s+0\s+0/);
  },

  "levers: a transaction is begun, and committed, from its producer": async (session) => {
    const page = await opened(session, `${CLUSTER}producer tx transactional.id=t1\nwait 3s\n`);
    await choose(page, "client:tx", "Begin a transaction");
    await run(session, page, 1_000);
    await page.locator('[data-id="client:tx"]').first().click({ button: "right", position: { x: 30, y: 14 } });
    const offered = await page.getByRole("menuitem").allInnerTexts();
    assert.deepEqual(offered.slice(0, 2), ["Commit", "Abort"]);
    await page.getByRole("menuitem", { name: "Commit" }).click();
    await run(session, page, 2_000);
    const { clients } = await session.call(page, "state");
    assert.equal(clients.find(({ name }) => name === "tx").transaction, "READY");
  },

  "levers: a replica shows the files on its disk": async (session) => {
    const page = await opened(session, `${CLUSTER}producer p\nsend p orders a\nwait 2s\n`);
    await page.locator('[data-id^="replica:orders-0@"]').first().click();
    const files = page.locator("#inspector code", { hasText: "00000000000000000000.log" });
    await files.waitFor();
    await session.picture(page, "levers-files");
  },

  "levers: every terminal busy is told, and nothing is typed into a running command": async (session) => {
    const page = await opened(session, CLUSTER);
    for (let number = 0; number < 6; number += 1) {
      if (number > 0) await page.getByRole("button", { name: "Open one more terminal" }).click();
      await page.locator("#terminal-input").fill(`kafka-console-producer.sh --topic orders ${SERVER}`);
      await page.locator("#terminal-input").press("Enter");
      await sees(page, />\s*$/);
    }
    await page.locator('[data-id="partition:orders-0"]').first().click({ button: "right" });
    await page.getByRole("menuitem", { name: "Add a partition" }).click();
    await page.locator(".toast", { hasText: "A command runs in every terminal" }).waitFor();
    assert.match(await printed(page), />\s*$/);
  },
};
