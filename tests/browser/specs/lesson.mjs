// Lessons: opened from the list, predicted, done and told; by keyboard and by mouse.

import assert from "node:assert/strict";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { until } from "../lib/cluster.mjs";

const panel = (page) => page.locator("#lesson");
const primary = (page) => panel(page).locator(".bottom .primary");

/** Waits until the lesson's work is over and there is something to do. */
async function settled(page) {
  await until(page, "the lesson to be ready", async () => {
    const busy = await panel(page).locator(".work").count();
    return busy === 0 && (await primary(page).count()) === 1;
  });
}

/** Opens a lesson, at a step or before the first. */
async function open(session, id, step, options = {}) {
  const hash = `#lesson=${id}${step ? `&step=${step}` : ""}`;
  const page = await session.open({ ...options, hash });
  await panel(page).waitFor();
  await settled(page);
  return page;
}

/** Answers the open questions with their first option, by pressing `press`. */
async function answer(page, press) {
  while (await panel(page).locator(".question").count()) {
    const before = await panel(page).locator(".question").innerText();
    await press(page);
    await until(page, "the question to change", async () => {
      const question = panel(page).locator(".question");
      return (await question.count()) === 0 || (await question.innerText()) !== before;
    });
    await settled(page);
  }
}

const byKeys = async (page) => {
  await page.keyboard.press("b");
  await panel(page).locator('.option[aria-pressed="true"]').waitFor();
  await page.keyboard.press("Enter");
};

const byMouse = async (page) => {
  await panel(page).locator("button.option").first().click();
  await panel(page).locator('.option[aria-pressed="true"]').waitFor();
  await primary(page).click();
};

/** Goes on from one heading or stage of a step to the next until the end page. */
async function walk(page, press, go) {
  let steps = 0;
  for (;;) {
    await answer(page, press);
    const kicker = await panel(page).locator(".kicker").innerText();
    const words = await primary(page).innerText();
    if (!/\d/.test(kicker.replace(/[A-Z]\d+/g, "")) && steps > 0) return steps;
    await go(page);
    await until(page, "the lesson to go on", async () => {
      const now = [await panel(page).locator(".kicker").innerText(), await primary(page).innerText().catch(() => "")];
      return now[0] !== kicker || now[1] !== words || (await panel(page).locator(".question").count()) > 0;
    });
    await settled(page);
    steps += 1;
  }
}

const APPEARANCES = [
  ["light", "en", "desktop"],
  ["dark", "en", "desktop"],
  ["light", "zh", "desktop"],
  ["light", "en", "phone"],
  ["dark", "zh", "phone"],
].map(([theme, language, size]) => [
  `a question and what is told after it can be read in ${theme}, ${language}, ${size}`,
  async (session) => {
    const page = await open(session, "L12", "S2", { theme, language, size });
    await panel(page).locator(".question").waitFor();
    await session.picture(page, `lesson-question-${theme}-${language}-${size}`);
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
    await answer(page, byMouse);
    await session.picture(page, `lesson-told-${theme}-${language}-${size}`);
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "L01 is done by keyboard alone": async (session) => {
    const page = await session.open();
    await page.keyboard.press("l");
    await page.locator(".lesson-list").waitFor();
    await session.picture(page, "lesson-list");
    await session.expectAccessible(page);
    await session.tabTo(page, "First message");
    await page.keyboard.press("Enter");
    await panel(page).waitFor();
    await settled(page);
    await walk(page, byKeys, (page) => page.keyboard.press("Enter"));
    assert.equal(await panel(page).locator(".bars .done").count(), 5);
    await session.picture(page, "lesson-end");
    await session.expectAccessible(page);
  },

  "L12 is done by mouse, and its progress is kept": async (session) => {
    const page = await open(session, "L12");
    await walk(page, byMouse, (page) => primary(page).click());
    assert.equal(await panel(page).locator(".bars .done").count(), 8);
    await until(page, "progress to be kept", () => page.evaluate(() => /"S8"/.test(localStorage.getItem("brokerscope.lessons") ?? "")));
  },

  "damaged progress is set aside and told": async (session) => {
    const page = await session.open({
      before: (page) => page.addInitScript(() => localStorage.setItem("brokerscope.lessons", "{")),
    });
    await page.locator("dialog").waitFor();
    assert.match(await page.locator("dialog").innerText(), /progress in the lessons/);
    assert.equal(await page.evaluate(() => localStorage.getItem("kept.brokerscope.lessons")), "{");
  },

  "a page within another has no header and locks its controls": async (session) => {
    const page = await session.open({ hash: "?embed#lesson=L12&step=S2" });
    await panel(page).waitFor();
    await settled(page);
    assert.equal(await page.locator("header.head").count(), 0);
    await session.picture(page, "lesson-embedded");
    await session.expectAccessible(page);
  },
};
