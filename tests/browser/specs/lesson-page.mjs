// The page around a lesson: its title, what is locked and why, the inspector over the picture.

import assert from "node:assert/strict";
import { until } from "../lib/cluster.mjs";

/** A lesson at a step, ready for the learner. */
async function open(session, id, step, options = {}) {
  const page = await session.open({ ...options, hash: `#lesson=${id}${step ? `&step=${step}` : ""}` });
  await page.locator("#lesson .bottom .primary").waitFor();
  return page;
}

const AT = "--bootstrap-server localhost:9092";

export const tests = {
  "a lesson's title is in the language of the page": async (session) => {
    const page = await open(session, "L12", null, { language: "zh" });
    await page.locator("header.head", { hasText: "干掉 Leader：故障转移" }).waitFor();
    assert.equal(await page.title(), "干掉 Leader：故障转移 · Brokerscope");
  },

  "what a question locks looks locked and says why": async (session) => {
    const page = await open(session, "L12", "S2");
    await page.locator("#lesson .question").waitFor();
    const why = "Locked until you answer or skip the question.";
    const step = page.getByRole("button", { name: "Step forward", exact: true });
    assert.equal(await step.getAttribute("aria-disabled"), "true");
    assert.equal(await step.getAttribute("title"), why);
    const field = page.locator("#terminal-input");
    assert.equal(await field.getAttribute("title"), why);
    assert.equal(await field.evaluate((input) => input.readOnly), true);
    const { time } = await session.call(page, "summary");
    await step.click({ force: true });
    await page.locator(".toast", { hasText: why }).waitFor();
    assert.equal((await session.call(page, "summary")).time, time);
    await session.picture(page, "lesson-locked");
    await session.expectAccessible(page);
    await page.locator(".lesson-tools", { hasText: "Free play" }).getByRole("button", { name: "Free play" }).click();
    await until(page, "the controls to be free", async () => (await step.getAttribute("aria-disabled")) === null);
    assert.equal(await field.evaluate((input) => input.readOnly), false);
  },

  "the inspector lies over the picture of a lesson while something is looked at": async (session) => {
    const page = await open(session, "L06");
    assert.equal(await page.locator(".inspector").isVisible(), false);
    await page.locator('#picture [data-id="broker:0"]').click({ position: { x: 20, y: 14 } });
    await page.locator(".inspector", { hasText: "Broker 0" }).waitFor();
    await session.picture(page, "lesson-inspector");
    await session.expectAccessible(page);
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await until(page, "the inspector to be gone", async () => !(await page.locator(".inspector").isVisible()));
    await page.keyboard.press("i");
    await until(page, "the inspector to be back", () => page.locator(".inspector").isVisible());
    await page.keyboard.press("Escape");
    await until(page, "the inspector to be gone", async () => !(await page.locator(".inspector").isVisible()));
  },

  "on a phone the inspector covers the lesson and goes again": async (session) => {
    const page = await open(session, "L06", null, { size: "phone" });
    await page.locator('#picture [data-id="broker:0"]').click({ position: { x: 20, y: 14 } });
    await page.locator(".inspector", { hasText: "Broker 0" }).waitFor();
    await session.picture(page, "lesson-inspector-phone");
    await session.expectAccessible(page);
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await until(page, "the inspector to be gone", async () => !(await page.locator(".inspector").isVisible()));
  },

  "on a phone the table of a lesson shows several rows": async (session) => {
    const page = await open(session, "L06", "S3", { size: "phone" });
    await page.locator(".phone-tabs button", { hasText: "Who got what" }).click();
    await page.locator(".matrix tbody tr").first().waitFor();
    const whole = await page.evaluate(() => {
      const top = document.querySelector(".matrix thead").getBoundingClientRect().bottom;
      const bottom = document.querySelector(".matrix tfoot").getBoundingClientRect().top;
      const rows = [...document.querySelectorAll(".matrix tbody tr")].map((row) => row.getBoundingClientRect());
      return rows.filter((row) => row.top >= top - 1 && row.bottom <= bottom + 1).length;
    });
    await session.picture(page, "lesson-table-phone");
    assert.ok(whole >= 3, `${whole} rows can be seen`);
    await session.expectAccessible(page);
  },

  "on a phone the terminal and the inspector stand in the place of the lesson": async (session) => {
    const page = await open(session, "L01", null, { size: "phone" });
    const tab = (name) => page.locator(".phone-tabs button", { hasText: name });
    await tab("Command").click();
    await page.locator("#terminal-input").fill(`kafka-topics.sh --list ${AT}`);
    await page.locator("#terminal-input").press("Enter");
    await page.locator(".terminal .out", { hasText: "kafka-topics.sh --list" }).waitFor();
    await session.picture(page, "lesson-terminal-phone");
    await session.expectAccessible(page);
    await tab("Inspect").click();
    await page.locator(".inspector").waitFor();
    await tab("Lesson").click();
    await page.locator("#lesson .bottom .primary").waitFor();
    assert.equal(await page.locator(".terminal").isVisible(), false);
  },

  "new output in a terminal that is out of sight is told beside the tabs": async (session) => {
    const page = await session.open({ size: "phone" });
    await page.locator(".phone-tabs button", { hasText: "Command" }).click();
    await session.call(page, "terminal", `kafka-topics.sh --create --topic news ${AT}`);
    await session.call(page, "terminal", `kafka-console-consumer.sh --topic news ${AT}`);
    await session.call(page, "run", { ms: 5_000 });
    for (let more = 0; more < 3; more += 1) await page.locator(".terminal-tabs .add").click();
    const news = page.locator(".terminal-tabs .news");
    await session.call(page, "terminal", { terminal: 3, line: `kafka-console-producer.sh --topic news ${AT}` });
    await session.call(page, "terminal", { terminal: 3, line: "hello" });
    await session.call(page, "run", { ms: 3_000 });
    await news.waitFor();
    const { x, width } = await news.boundingBox();
    assert.ok(x >= 0 && x + width <= 390, `the mark is out of sight at ${x}`);
    await session.picture(page, "terminal-news-phone");
    await session.expectAccessible(page);
    await news.click();
    await until(page, "Terminal 1 to be shown", async () => (await page.locator(".tab-list [aria-selected=true] .name").innerText()) === "Terminal 1");
    assert.equal(await news.count(), 0);
  },
};
