// A lesson in the page, as a person goes through it: its panel, its questions, its steps.

import { until } from "./cluster.mjs";

export const panel = (page) => page.locator("#lesson");
export const primary = (page) => panel(page).locator(".bottom .primary");

/** Where the learner is, as the page tells those that embed it. */
export const place = (page) => page.evaluate(() => window.brokerscope.lesson());

/** Waits until the lesson's work is over and there is something to do. */
export async function settled(page) {
  await until(page, "the lesson to be ready", async () => {
    const now = await place(page);
    return now && !now.working && now.phase !== "probing" && now.phase !== "doing" && (await primary(page).count()) === 1;
  });
}

/** Opens a lesson, at a step or before the first. */
export async function openLesson(session, id, step, options = {}) {
  const hash = `#lesson=${id}${step ? `&step=${step}` : ""}`;
  const page = await session.open({ ...options, hash });
  await panel(page).waitFor();
  await settled(page);
  return page;
}

/** Answers the open question with its second option, by keyboard alone. */
export const byKeys = async (page) => {
  await page.keyboard.press("b");
  await panel(page).locator('.option[aria-pressed="true"]').waitFor();
  await page.keyboard.press("Enter");
};

/** Answers the open question with its first option, by mouse or touch. */
export const byMouse = async (page) => {
  await panel(page).locator("button.option").first().click();
  await panel(page).locator('.option[aria-pressed="true"]').waitFor();
  await primary(page).click();
};

/** Does one thing and waits until the lesson has gone on by it. */
async function after(page, act) {
  const before = JSON.stringify(await place(page));
  await act(page);
  await until(page, `the lesson to go on from ${before}`, async () => JSON.stringify(await place(page)) !== before);
  await settled(page);
}

/** Answers the open questions, each by `press`. */
export async function answer(page, press) {
  while ((await place(page)).phase === "asking") await after(page, press);
}

/**
 * Goes from where the lesson is to its end page: answers each question by `press`, goes on by `go`,
 * and calls `look`, with a short name of the moment, wherever there is something to read.
 */
export async function walk(page, { press, go, look = async () => {} }) {
  for (;;) {
    const now = await place(page);
    await look([now.step ?? now.phase, now.question ?? now.phase].join("-"));
    if (now.phase === "end") return;
    await after(page, now.phase === "asking" ? press : go);
  }
}

/** From the end page: tries the end alone, takes every hint, is shown one way; all goals hold then. */
export async function reachEnd(page, look) {
  const moved = async (from) => {
    await until(page, `the lesson to leave ${from}`, async () => {
      const now = await place(page);
      return now.phase !== from && !now.working;
    });
  };
  await primary(page).click();
  await moved("end");
  const others = panel(page).locator(".bottom .button:not(.primary)");
  while ((await primary(page).count()) === 0) {
    const shown = await panel(page).locator(".hints p").count();
    await others.first().click();
    await until(page, "a hint or the solution", async () => {
      const now = await place(page);
      return !now.working && ((await panel(page).locator(".hints p").count()) > shown || (await primary(page).count()) === 1);
    });
  }
  await look("alone");
  return { goals: await panel(page).locator(".goals li").count(), hold: await panel(page).locator(".goals .holds").count() };
}
