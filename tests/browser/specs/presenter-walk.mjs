// Each lesson given in front of a class with a clicker alone: every beat can be read from the last row.

import { place } from "../lib/lesson.mjs";
import { until } from "../lib/cluster.mjs";
import { expectLarge } from "../lib/room.mjs";

/** More presses than any lesson has beats. */
const BEATS_MAX = 80;

/** Waits until no work of the lesson is under way. */
const ready = (page) =>
  until(page, "the lesson to be ready", async () => {
    const { opening } = await page.evaluate(() => window.brokerscope.summary());
    return !opening && !(await place(page)).working && (await page.locator(".presenter .busy").count()) === 0;
  });

const WALKS = ["L01", "L06", "L07", "L12"].map((id) => [
  `${id} is given with a clicker alone`,
  async (session) => {
    const page = await session.open({ hash: `#lesson=${id}` });
    await page.locator("#lesson").waitFor();
    await page.keyboard.press("g");
    await page.locator(".presenter").waitFor();
    for (let beat = 0; beat < BEATS_MAX; beat += 1) {
      await ready(page);
      const { phase } = await place(page);
      await session.picture(page, `presenter-${id}-${String(beat).padStart(2, "0")}-${phase}`);
      await expectLarge(page);
      if (phase === "end") return session.expectAccessible(page);
      await page.keyboard.press("PageDown");
    }
    throw new Error(`${id} has no end after ${BEATS_MAX} presses`);
  },
]);

export const tests = Object.fromEntries(WALKS);
