// Several terminals: a consumer waits in one while a producer types in another; by mouse and by
// keyboard, after a reload, in every appearance.

import assert from "node:assert/strict";
import { until } from "../lib/cluster.mjs";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { interrupt, run, start, sees, type } from "../lib/terminal.mjs";

const AT = "--bootstrap-server localhost:9092";
const CREATE = `kafka-topics.sh --create --topic talk --partitions 1 --replication-factor 3 ${AT}`;
const CONSUME = `kafka-console-consumer.sh --topic talk ${AT}`;
const PRODUCE = `kafka-console-producer.sh --topic talk ${AT}`;
const INPUT = "#terminal-input";

const tabs = (page) =>
  page.locator(".tab-list [role=tab]").evaluateAll((all) =>
    all.map((tab) => ({
      name: tab.querySelector(".name").innerText,
      shown: tab.getAttribute("aria-selected") === "true",
      tool: tab.querySelector(".tool")?.innerText ?? null,
      fresh: tab.classList.contains("fresh"),
      focusable: tab.tabIndex === 0,
    })),
  );

/** Goes to a terminal by its number as people count. */
async function show(page, number) {
  await page.locator(".tab-list [role=tab]").nth(number - 1).click();
  await until(page, `terminal ${number}`, async () => (await tabs(page))[number - 1].shown);
}

async function openOne(page) {
  const before = (await tabs(page)).length;
  await page.locator(".terminal-tabs .add").click();
  await until(page, "one more terminal", async () => (await tabs(page)).length === before + 1);
}

/** The consumer waits in the first terminal, the producer reads in the second. */
async function talking(session, options) {
  const page = await session.open(options);
  if (options.size === "phone") await page.locator(".phone-tabs button").nth(1).click();
  await run(page, CREATE);
  await start(page, CONSUME);
  await until(page, "the consumer's name", async () => (await tabs(page))[0].tool === "console-consumer");
  await session.call(page, "run", { ms: 5_000 });
  await openOne(page);
  await start(page, PRODUCE);
  await type(page, "hello");
  await session.call(page, "run", { ms: 3_000 });
  return page;
}

const APPEARANCES = [
  { theme: "light", language: "en", size: "desktop" },
  { theme: "dark", language: "zh", size: "desktop" },
  { theme: "light", language: "en", size: "phone" },
  { theme: "dark", language: "zh", size: "phone" },
].map((options) => [
  `two terminals can be read in ${options.theme}, ${options.language}, ${options.size}`,
  async (session) => {
    const page = await talking(session, options);
    const name = `terminals-${options.theme}-${options.language}-${options.size}`;
    await until(page, "the mark of new output", async () => (await tabs(page))[0].fresh);
    await session.picture(page, `${name}-producer`);
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
    await show(page, 1);
    await sees(page, /^hello$/m);
    await session.picture(page, `${name}-consumer`);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "a consumer in one terminal prints what is typed in the other, after a reload too": async (session) => {
    const page = await talking(session, {});
    await until(page, "the mark of new output", async () => (await tabs(page))[0].fresh);
    await show(page, 1);
    await sees(page, /^hello$/m);
    const { digest } = await session.call(page, "summary");
    // The run is kept when the page is left.
    await page.reload();
    await until(page, "both tools to run again", async () => {
      const tools = (await tabs(page)).map((tab) => tab.tool);
      return tools.join() === "console-consumer,console-producer";
    });
    await session.call(page, "pause");
    assert.equal((await session.call(page, "summary")).digest, digest);
    await show(page, 2);
    await type(page, "again");
    await session.call(page, "run", { ms: 3_000 });
    await show(page, 1);
    await sees(page, /^hello\nagain$/m);
    await interrupt(page);
    assert.deepEqual((await tabs(page)).map((tab) => tab.tool), [null, "console-producer"]);
  },

  "terminals are opened, walked through and closed by keyboard": async (session) => {
    const page = await session.open();
    await until(page, "one tab", async () => (await tabs(page)).length === 1);
    await page.locator(INPUT).fill("not sent yet");
    for (let count = 2; count <= 6; count += 1) await openOne(page);
    assert.equal(await page.locator(".terminal-tabs .add").getAttribute("aria-disabled"), "true");
    assert.equal(await page.locator(INPUT).inputValue(), "");
    await page.locator(".tab-list [aria-selected=true]").focus();
    const shown = async () => (await tabs(page)).filter((tab) => tab.shown).map((tab) => tab.name);
    await session.call(page, "pause");
    const { time } = await session.call(page, "summary");
    for (const [key, name] of [["ArrowRight", "Terminal 1"], ["ArrowLeft", "Terminal 6"], ["Home", "Terminal 1"], ["ArrowRight", "Terminal 2"]]) {
      await page.keyboard.press(key);
      await until(page, name, async () => (await shown()).join() === name);
      await until(page, "the focus on it", () => page.evaluate((name) => document.activeElement?.innerText.includes(name), name));
    }
    assert.equal((await session.call(page, "summary")).time, time, "arrows on the tabs do not move time");
    assert.equal((await tabs(page)).filter((tab) => tab.focusable).length, 1);
    await page.keyboard.press("Delete");
    await until(page, "the second one to be closed", async () => (await tabs(page)).every((tab) => tab.name !== "Terminal 2"));
    assert.deepEqual(await shown(), ["Terminal 1"]);
    assert.equal(await page.locator(INPUT).inputValue(), "not sent yet");
    await page.keyboard.press("Control+`");
    await until(page, "the focus in the field", () => page.evaluate((id) => document.activeElement?.id === id.slice(1), INPUT));
    await openOne(page);
    assert.deepEqual(await shown(), ["Terminal 2"]);
    await session.picture(page, "terminals-six");
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
  },

  "closing a terminal ends its tool; history and completion are its own": async (session) => {
    const page = await talking(session, {});
    await page.locator(INPUT).press("ArrowUp");
    assert.equal(await page.locator(INPUT).inputValue(), PRODUCE);
    await page.locator(INPUT).fill("");
    await page.locator(".terminal-tabs .close").click();
    await until(page, "the producer's terminal to be closed", async () => (await tabs(page)).length === 1);
    await session.call(page, "run", { ms: 3_000 });
    const open = await session.call(page, "terminals");
    assert.deepEqual(open, [{ terminal: 0, shown: true, tool: "kafka-console-consumer.sh", fresh: false }]);
    await page.locator(INPUT).press("ArrowUp");
    assert.equal(await page.locator(INPUT).inputValue(), CONSUME);
    await page.locator(INPUT).fill("");
    await openOne(page);
    await page.locator(INPUT).press("ArrowUp");
    assert.equal(await page.locator(INPUT).inputValue(), PRODUCE, "its number and its history are used again");
    await page.locator(INPUT).fill("kafka-topics.sh --li");
    await page.locator(INPUT).press("Tab");
    await until(page, "the completion", async () => (await page.locator(INPUT).inputValue()).startsWith("kafka-topics.sh --list"));
    await show(page, 1);
    assert.equal(await page.locator(INPUT).inputValue(), "");
    await show(page, 2);
    assert.match(await page.locator(INPUT).inputValue(), /^kafka-topics.sh --list/);
  },

  "a long command line in a terminal is broken at spaces, not inside its options": async (session) => {
    const page = await session.open();
    await run(page, CREATE);
    const torn = await page.evaluate(() =>
      [...document.querySelectorAll(".terminal .command .whole")]
        .filter((word) => word.getBoundingClientRect().height > 1.6 * parseFloat(getComputedStyle(word).lineHeight))
        .map((word) => word.textContent),
    );
    assert.deepEqual(torn, []);
    const line = page.locator(".terminal .command").last();
    assert.ok((await line.locator(".whole").count()) > 4);
    assert.ok((await line.innerText()).includes(CREATE));
  },
};
