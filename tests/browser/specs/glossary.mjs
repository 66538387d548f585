// The glossary: all terms in both languages, found by either, and cards beside terms.

import assert from "node:assert/strict";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { STORY } from "../lib/story.mjs";

const names = (page) => page.locator(".glossary dt").allInnerTexts();

async function open(session, options = {}) {
  const page = await session.open(options);
  await page.keyboard.press("h");
  await page.locator(".glossary dt").first().waitFor();
  return page;
}

/** Selects a partition and waits until its words have cards. */
async function inspect(session, options) {
  const page = await session.open(options);
  await session.call(page, "load", STORY);
  await session.call(page, "select", "partition:my-replicated-topic-0");
  if (options?.size === "phone") await page.locator(".phone-tabs button").nth(2).click();
  await page.locator(".inspector .term").first().waitFor();
  return page;
}

const PAGES = [
  ["light", "en", "desktop"],
  ["dark", "zh", "desktop"],
  ["light", "zh", "phone"],
].map(([theme, language, size]) => [
  `the page of all terms can be read in ${theme}, ${language}, ${size}`,
  async (session) => {
    const page = await open(session, { theme, language, size });
    assert.ok((await names(page)).length >= 60);
    await session.picture(page, `glossary-${theme}-${language}-${size}`);
    await session.expectAccessible(page);
  },
]);

const CARDS = [
  ["light", "en", "desktop"],
  ["dark", "zh", "desktop"],
  ["light", "en", "phone"],
].map(([theme, language, size]) => [
  `a term has its card in ${theme}, ${language}, ${size}`,
  async (session) => {
    const page = await inspect(session, { theme, language, size });
    const term = page.locator(".inspector .term button").first();
    if (size === "phone") await term.tap();
    else await term.hover();
    const card = page.getByRole("tooltip");
    await card.waitFor();
    const box = await card.boundingBox();
    const { width, height } = page.viewportSize();
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, "the card is on the screen");
    await session.picture(page, `glossary-card-${theme}-${language}-${size}`);
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(PAGES),
  ...Object.fromEntries(CARDS),

  "a term is found by a word of either language": async (session) => {
    const page = await open(session);
    const search = page.getByRole("searchbox");
    await search.fill("高水位");
    assert.match((await names(page))[0], /high watermark/);
    await search.fill("rebalance");
    assert.match((await names(page))[0], /再均衡/);
    await search.fill("no such word");
    await page.getByText("No term matches").waitFor();
    await session.picture(page, "glossary-nothing");
  },

  "a card comes by keyboard, goes with Escape, and leads to all terms": async (session) => {
    const page = await inspect(session);
    const term = page.locator(".inspector .term button").first();
    await term.focus();
    await page.getByRole("tooltip").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("tooltip").count(), 0);
    assert.ok(await page.locator(".inspector .term").count(), "Escape does not clear the selection while a card is open");
    await term.click();
    await page.getByText("All terms").click();
    await page.locator(".glossary .at").waitFor();
    await session.picture(page, "glossary-at-term");
  },

  "a file that cannot be fetched is told, with a way to try again": async (session) => {
    let broken = true;
    const page = await session.open({
      worker: false,
      before: (page) => page.route("**/lessons/glossary.txt", (route) => (broken ? route.abort() : route.continue())),
    });
    await page.keyboard.press("h");
    await page.getByRole("alert").waitFor();
    await session.expectTrouble(/ERR_FAILED/);
    await session.picture(page, "glossary-failed");
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".glossary dt").first().waitFor();
  },
};
