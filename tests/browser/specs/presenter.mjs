// The presenter view: for a room, with a clicker, with notes in a second window.

import assert from "node:assert/strict";
import { until } from "../lib/cluster.mjs";
import { expectLarge } from "../lib/room.mjs";
import { STORY, crashLeader } from "../lib/story.mjs";

async function present(session, options = {}) {
  const page = await session.open(options);
  await session.call(page, "load", STORY);
  await crashLeader(session, page);
  await session.call(page, "run", { ms: 12_000 });
  await session.call(page, "select", "partition:my-replicated-topic-0");
  await page.keyboard.press("g");
  await page.locator(".presenter svg").waitFor();
  return page;
}

const step = (page) => page.locator(".presenter .count").innerText();

async function press(page, key) {
  const before = await step(page);
  await page.keyboard.press(key);
  await until(page, `${key} to move`, async () => (await step(page)) !== before);
  await until(page, "the move to end", async () => (await page.locator(".presenter .busy").count()) === 0);
}

const APPEARANCES = ["light", "dark"].flatMap((theme) =>
  ["en", "zh"].map((language) => [
    `the presenter view can be read from the last row in ${theme}, ${language}`,
    async (session) => {
      const page = await present(session, { theme, language });
      // The theme follows the system elsewhere; a room gets the light one unless another is chosen.
      assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
      await session.picture(page, `presenter-${theme}-${language}`);
      await expectLarge(page);
      await session.expectAccessible(page);
    },
  ]),
);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "a clicker goes back and on through the run": async (session) => {
    const page = await present(session);
    const first = await step(page);
    await press(page, "PageUp");
    await press(page, "ArrowLeft");
    await session.picture(page, "presenter-back");
    await expectLarge(page);
    await press(page, "PageDown");
    await press(page, "Space");
    assert.equal(await step(page), first);
    await expectLarge(page);
    assert.equal(await page.locator("#text-view, .story, .terminal").count(), 0, "the learner's page is not shown");
    await page.keyboard.press("Escape");
    await page.locator("#picture").waitFor();
  },

  "the next step is computed when nobody has been there": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    await crashLeader(session, page);
    await page.keyboard.press("g");
    await press(page, "n");
    await page.locator(".caption-lines", { hasText: /leader/i }).waitFor();
    await expectLarge(page);
  },

  "the sheet can be blank, dimmed and listed": async (session) => {
    const page = await present(session);
    await page.keyboard.press("d");
    await session.picture(page, "presenter-veil");
    await page.keyboard.press("b");
    await page.locator(".presenter .blank").waitFor();
    await page.keyboard.press(".");
    assert.equal(await page.locator(".presenter .blank").count(), 0);
    await page.keyboard.press("o");
    await page.locator(".overview [aria-current]").waitFor();
    await expectLarge(page);
    await session.expectAccessible(page);
    await session.picture(page, "presenter-overview");
    const before = await step(page);
    await page.locator(".overview button").first().click();
    await until(page, "the first step", async () => (await step(page)) !== before);
    assert.match(await step(page), /^Step 1 /);
  },

  "hands are counted by pressing and by typing": async (session) => {
    const page = await present(session);
    await page.keyboard.press("v");
    const options = page.locator(".votes .option");
    await options.nth(1).click();
    await options.nth(1).click();
    await page.getByRole("textbox", { name: "A: hands" }).fill("17");
    await page.getByRole("textbox", { name: "A: hands" }).press("Tab");
    await page.getByRole("textbox", { name: "B: hands" }).waitFor();
    const hands = await page.locator(".votes input").evaluateAll((fields) => fields.map((field) => field.value));
    assert.deepEqual(hands, ["17", "2", "0", "0"]);
    await expectLarge(page);
    await session.expectAccessible(page);
    await session.picture(page, "presenter-votes");
  },

  "the notes open in a second window, keep in step and take the clicker's keys": async (session) => {
    const page = await present(session);
    const [notes] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("s")]);
    await notes.getByRole("heading", { name: "Speaker notes" }).waitFor();
    const told = () => notes.locator("#step").innerText();
    assert.equal(await told(), await step(page));
    const before = await told();
    await notes.keyboard.press("PageUp");
    await until(page, "the notes to follow", async () => (await told()) !== before);
    assert.equal(await told(), await step(page));
    await session.expectAccessible(notes);
    await session.picture(notes, "presenter-notes");
  },

  "a blocked notes window is told with its remedy": async (session) => {
    const page = await session.open({ before: (page) => page.addInitScript(() => (window.open = () => null)) });
    await session.call(page, "load", STORY);
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.getByRole("alert").filter({ hasText: "Allow pop-ups" }).waitFor();
    await expectLarge(page);
    await session.picture(page, "presenter-blocked");
  },

  "who got what in a room": async (session) => {
    const page = await present(session);
    await page.keyboard.press("5");
    await page.locator(".presenter .matrix table").waitFor();
    await session.picture(page, "presenter-matrix");
    await expectLarge(page);
    await session.expectAccessible(page);
  },
};
