// A lesson in the presenter view: its steps by a clicker, predict, vote and reveal without devices.

import assert from "node:assert/strict";
import { until } from "../lib/cluster.mjs";
import { expectLarge } from "../lib/room.mjs";

/** The lesson at a step, in the presenter view, ready for the next press. */
async function present(session, id, step, options = {}) {
  const page = await session.open({ ...options, hash: `#lesson=${id}${step ? `&step=${step}` : ""}` });
  await page.locator("#lesson").waitFor();
  await page.keyboard.press("g");
  await page.locator(".presenter").waitFor();
  await ready(page);
  return page;
}

/** Waits until no work of the lesson is under way. */
const ready = (page) =>
  until(page, "the lesson to be ready", async () => {
    const busy = await page.locator(".presenter .busy").count();
    const { opening } = await page.evaluate(() => window.brokerscope.summary());
    return busy === 0 && !opening;
  });

const caption = (page) => page.locator(".caption-lines .own").innerText();

async function press(page, key) {
  await page.keyboard.press(key);
  await ready(page);
}

const APPEARANCES = [
  ["light", "en"],
  ["light", "zh"],
  ["dark", "en"],
].map(([theme, language]) => [
  `a lesson can be read from the last row in ${theme}, ${language}`,
  async (session) => {
    const page = await present(session, "L12", "S2", { theme, language });
    const name = (beat) => `presenter-lesson-${beat}-${theme}-${language}`;
    await session.picture(page, name("picture"));
    await expectLarge(page);
    await session.expectAccessible(page);
    await press(page, "PageDown");
    await page.locator(".votes .option").first().waitFor();
    await session.picture(page, name("vote"));
    await expectLarge(page);
    await session.expectAccessible(page);
    while (await page.locator(".votes:not(.answered)").count()) await press(page, "PageDown");
    await session.picture(page, name("done"));
    await expectLarge(page);
    await press(page, "PageDown");
    await page.locator(".votes.answered").waitFor();
    await session.picture(page, name("told"));
    await expectLarge(page);
    await session.expectAccessible(page);
  },
]);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "a class predicts, votes and sees the answer without devices": async (session) => {
    const page = await present(session, "L06");
    await press(page, "PageDown");
    assert.match(await caption(page), /Three workers, one group/);
    await press(page, "h");
    assert.match(await caption(page), /Hint 1 of 2/);
    await press(page, "PageDown");
    const six = page.locator(".votes li", { has: page.locator(".option", { hasText: /^[A-D]\s*6/ }) });
    const letter = (await six.locator("kbd").innerText()).trim();
    for (let hand = 0; hand < 3; hand += 1) await page.keyboard.press(letter.toLowerCase());
    await page.keyboard.press(`Shift+${letter}`);
    await until(page, "two hands", async () => (await six.locator("input").inputValue()) === "2");
    assert.equal(await page.locator(".votes .right").count(), 0, "the answer is not told before the step");
    await press(page, "PageDown");
    await page.locator(".caption-lines", { hasText: "each record is visited once" }).waitFor();
    await press(page, "PageDown");
    await page.locator(".votes.answered .right .tick").waitFor();
    assert.match(await page.locator(".votes .belief").innerText(), new RegExp(`^${letter}`));
    await session.picture(page, "presenter-lesson-belief");
    await expectLarge(page);
    await press(page, "PageDown");
    assert.equal(await page.locator(".presenter .count").innerText(), "Step 2 of 7");
    await press(page, "o");
    await page.locator(".overview button").first().click();
    await ready(page);
    assert.equal(await page.locator(".presenter .count").innerText(), "Step 1 of 7");
  },

  "what happened is played again slowly, and the notes are the lesson's": async (session) => {
    const page = await present(session, "L12", "S2");
    while ((await page.locator(".presenter footer", { hasText: "again" }).count()) === 0) await press(page, "PageDown");
    const end = (await session.call(page, "summary")).time;
    await page.keyboard.press("w");
    await until(page, "the replay to begin", async () => {
      const { time, playing } = await session.call(page, "summary");
      return playing && time < end;
    });
    await press(page, "PageDown");
    await page.locator(".votes.answered").waitFor();
    assert.equal((await session.call(page, "summary")).time, end, "the answer stands at the end of the step");
    const [notes] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("s")]);
    for (const name of ["Say", "Point at", "If they ask", "Answers, computed from this cluster"]) {
      await notes.getByRole("heading", { name, exact: true }).waitFor();
    }
    await session.expectAccessible(notes);
    await session.picture(notes, "presenter-lesson-notes");
  },
};
