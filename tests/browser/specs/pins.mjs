// Answers on the picture, and what a lesson's picture shows.

import assert from "node:assert/strict";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { until } from "../lib/cluster.mjs";

/** A lesson at a step, with its question open. */
async function ask(session, id, step, options = {}) {
  const page = await session.open({ ...options, hash: `#lesson=${id}&step=${step}` });
  await page.locator("#lesson .question").waitFor();
  return page;
}

const chosen = (page) => page.locator('#lesson .option[aria-pressed="true"] .letter').allInnerTexts();
const words = (page) => page.locator("#picture text").allTextContents();

const APPEARANCES = [
  ["light", "en", "desktop"],
  ["dark", "en", "desktop"],
  ["light", "zh", "desktop"],
  ["light", "en", "phone"],
].map(([theme, language, size]) => [
  `answers stand on their objects in ${theme}, ${language}, ${size}`,
  async (session) => {
    const page = await ask(session, "L12", "S2", { theme, language, size });
    await page.locator(".pin").first().waitFor();
    assert.equal(await page.locator('.pin[role="button"]').count(), 2);
    await session.picture(page, `pins-${theme}-${language}-${size}`);
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "an answer is chosen on the picture, by mouse and by keyboard": async (session) => {
    const page = await ask(session, "L12", "S2");
    await page.locator(".pin").nth(1).click();
    await until(page, "B to be chosen", async () => (await chosen(page)).join() === "B");
    await page.keyboard.press("Shift+Tab");
    await page.locator('.pin:focus[aria-label^="A: "]').waitFor();
    await page.keyboard.press("Enter");
    await until(page, "A to be chosen", async () => (await chosen(page)).join() === "A");
    assert.equal(await page.locator("#lesson .question").count(), 1, "a pin chooses, it does not answer");
    await page.locator("#lesson .bottom .primary").click();
    for (;;) {
      await until(page, "the lesson to go on", async () => !(await session.call(page, "summary")).opening);
      if (!(await page.locator("#lesson .question").count())) break;
      await page.keyboard.press("x");
    }
    await page.locator(".pin.right").waitFor();
    await page.locator(".pin.wrong").waitFor();
    await session.picture(page, "pins-told");
    await session.expectAccessible(page);
  },

  "a lesson's picture shows what the lesson needs, and everything on request": async (session) => {
    const page = await ask(session, "L12", "S2");
    const first = await words(page);
    assert.ok(first.some((word) => word.includes("HW")), "the high watermark belongs to lesson 12");
    assert.ok(!first.some((word) => word.includes("KRaft")), "the controllers do not");
    await page.keyboard.press("e");
    await page.locator('.everything[aria-pressed="true"]').waitFor();
    assert.ok((await words(page)).some((word) => word.includes("KRaft")));
    await session.picture(page, "pins-everything");
    await session.expectAccessible(page);
    await page.locator(".everything").click();
    await until(page, "the controllers to be gone", async () => !(await words(page)).some((word) => word.includes("KRaft")));
  },

  "outside a lesson nothing is hidden": async (session) => {
    const page = await session.open();
    await page.locator("#picture").waitFor();
    assert.ok((await words(page)).some((word) => word.includes("KRaft")));
    assert.equal(await page.locator(".everything").count(), 0);
  },
};
