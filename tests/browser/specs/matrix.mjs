// The lens "Who got what": records by consumers, in every appearance, by mouse and by keyboard.

import assert from "node:assert/strict";
import { until } from "../lib/cluster.mjs";
import { expectButtonsWhole } from "../lib/boxes.mjs";

/** One producer, two groups; slow enough that a session's time-out leaves every record its row. */
const STORY = `scenario 1
title "Who got what"
seed 7
cluster brokers=3 controllers=3
$ kafka-topics.sh --create --topic orders --partitions 3 --replication-factor 2 --bootstrap-server localhost:9092
consumer w1 topic=orders group=workers
consumer w2 topic=orders group=workers
consumer b1 topic=orders group=billing
wait 8s
producer shop acks=all
load shop orders every=300ms keys=9
wait 4s
`;

/** The rows of the table: number and name, then each cell's words. */
const rows = (page) =>
  page.evaluate(() => [...document.querySelectorAll(".matrix tbody tr")].map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

const cellOf = (page) => page.evaluate(() => [document.activeElement.parentElement?.rowIndex, document.activeElement.cellIndex]);

async function open(session, options) {
  const page = await session.open(options);
  await session.call(page, "load", STORY);
  if (options.size === "phone") await page.locator(".phone-tabs .lens").click();
  else await page.keyboard.press("5");
  await page.locator(".matrix table").waitFor();
  return page;
}

const APPEARANCES = ["light", "dark"].flatMap((theme) =>
  ["en", "zh"].flatMap((language) =>
    ["desktop", "phone"].map((size) => [
      `who got what can be read in ${theme}, ${language}, ${size}`,
      async (session) => {
        const page = await open(session, { theme, language, size });
        await session.picture(page, `matrix-${theme}-${language}-${size}`);
        await expectButtonsWhole(page);
        await session.expectAccessible(page);
      },
    ]),
  ),
);

/** The lens in a lesson that stands before a step. */
async function openLesson(session, step, options = {}) {
  const page = await session.open({ ...options, hash: `#lesson=L06&step=${step}` });
  await page.locator("#lesson .bottom .primary").waitFor();
  if (options.size === "phone") await page.locator(".phone-tabs .lens").click();
  else await page.keyboard.press("5");
  await page.locator(".matrix table").waitFor();
  return page;
}

const TWINS = [
  ["light", "en", "desktop"],
  ["dark", "zh", "desktop"],
  ["light", "en", "phone"],
].map(([theme, language, size]) => [
  `what is not Kafka is told apart in ${theme}, ${language}, ${size}`,
  async (session) => {
    const page = await openLesson(session, "S5", { theme, language, size });
    assert.equal(await page.locator(".matrix th.member.twin").count(), 2);
    await session.picture(page, `matrix-twins-${theme}-${language}-${size}`);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(APPEARANCES),
  ...Object.fromEntries(TWINS),

  "the log keeps what the queue forgets and the push topic never had": async (session) => {
    const { time } = await session.call(await openLesson(session, "S1"), "summary");
    const page = await openLesson(session, "S4");
    const feet = () => page.locator(".matrix tfoot tr").first().locator("td.twin").allInnerTexts();
    assert.deepEqual(await feet(), ["0 left", "0 left"]);
    assert.equal(await page.locator(".matrix tfoot td.stored").innerText(), "12");
    const cells = page.locator(".matrix tbody tr").last().locator("td.twin .aloud");
    const [queue, push] = await cells.allTextContents();
    assert.match(queue, /^w\d acknowledged it: the queue forgot it$/);
    assert.equal(push, "pushed to billing1, email1, audit1, billing2, and kept nowhere");
    const first = await page.locator(".matrix tbody tr").first().locator("td.twin .aloud").allTextContents();
    assert.match(first[1], /nobody was connected/);
    // An open question locks the time bar; free play does not.
    await page.locator(".lesson-tools").getByRole("button", { name: "Free play" }).click();
    await session.call(page, "seek", time);
    await until(page, "the queue as it was", async () => (await feet())[0] === "6 left");
  },

  "a share group's records are given out again when nobody acknowledges them": async (session) => {
    const page = await openLesson(session, "S7");
    while (await page.locator("#lesson .question").count()) {
      await page.keyboard.press("x");
      await until(page, "the lesson to go on", async () => !(await session.call(page, "summary")).opening);
    }
    await page.locator(".matrix th.group", { hasText: "record by record" }).waitFor();
    assert.equal(await page.locator(".matrix tbody .disc.lapsed").count(), 1);
    await session.picture(page, "matrix-share");
    await session.expectAccessible(page);
  },

  "the matrix fills while time flows and empties again when it goes back": async (session) => {
    const page = await open(session, {});
    const { time } = await session.call(page, "summary");
    const before = await rows(page);
    await session.call(page, "run", { ms: 3_000 });
    const after = await rows(page);
    assert.ok(after.length > before.length, `${before.length} rows, then ${after.length}`);
    await session.call(page, "seek", time);
    assert.deepEqual(await rows(page), before);
    await page.keyboard.press("Space");
    await until(page, "a further record", async () => (await rows(page)).length > before.length);
  },

  "a crashed member's records come twice, and its column stays": async (session) => {
    const page = await open(session, {});
    await session.call(page, "run", { ms: 6_000 });
    await session.call(page, "act", { crash_client: "w1" });
    await session.call(page, "run", { ms: 50_000 });
    await page.locator(".matrix .member.gone", { hasText: "w1" }).waitFor();
    assert.ok((await page.locator(".matrix .disc.again").count()) > 1);
    await session.picture(page, "matrix-crashed-member");
    await session.expectAccessible(page);
  },

  "arrows go from cell to cell, Enter selects the record": async (session) => {
    const page = await open(session, {});
    const { time } = await session.call(page, "summary");
    await page.locator(".matrix tbody th").first().focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"]) await page.keyboard.press(key);
    const [row, cell] = await cellOf(page);
    assert.deepEqual([row, cell], [3, 1]);
    await page.keyboard.press("Enter");
    await page.locator('.matrix tr[aria-selected="true"]').waitFor();
    await page.locator(".inspector", { hasText: "orders-" }).waitFor();
    assert.equal((await session.call(page, "summary")).time, time, "arrows in the table do not move time");
    await session.picture(page, "matrix-record-selected");
    await page.getByRole("columnheader", { name: "w1" }).getByRole("button").click();
    await page.locator(".matrix .member.chosen").waitFor();
    await page.keyboard.press("1");
    await page.locator("#picture").waitFor();
  },
};
