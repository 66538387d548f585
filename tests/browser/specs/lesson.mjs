// Lessons: opened from the list, predicted, done and told; by keyboard, by mouse and by touch.

import assert from "node:assert/strict";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { until } from "../lib/cluster.mjs";
import { byKeys, byMouse, openLesson, panel, place, primary, reachEnd, settled, walk } from "../lib/lesson.mjs";

const enter = (page) => page.keyboard.press("Enter");
const press = (page) => primary(page).click();

/** The lessons and how many steps each has. */
const LESSONS = { L01: 5, L06: 7, L07: 6, L12: 8 };

/** Each lesson is gone through in each of these ways; every step is photographed and looked at by axe. */
const WAYS = [
  ["keyboard alone", { theme: "light", language: "en", size: "desktop" }, byKeys, enter],
  ["mouse, in the dark", { theme: "dark", language: "en", size: "desktop" }, byMouse, press],
  ["keyboard alone, in Chinese", { theme: "light", language: "zh", size: "desktop" }, byKeys, enter],
  ["touch, on a phone", { theme: "light", language: "en", size: "phone" }, byMouse, press],
];

const WALKS = Object.entries(LESSONS).flatMap(([id, steps]) =>
  WAYS.map(([way, appearance, answers, goes], at) => [
    `${id} is done by ${way}`,
    async (session) => {
      const page = await openLesson(session, id, undefined, appearance);
      const look = async (moment) => {
        await session.picture(page, `lesson-${id}-${at}-${moment}`);
        await expectButtonsWhole(page);
        await session.expectAccessible(page);
      };
      await walk(page, { press: answers, go: goes, look });
      assert.equal(await panel(page).locator(".bars .done").count(), steps);
      await until(page, "progress to be kept", () =>
        page.evaluate((last) => localStorage.getItem("brokerscope.lessons")?.includes(last), `"S${steps}"`),
      );
      const end = await reachEnd(page, look);
      assert.ok(end.goals > 0);
      assert.equal(end.hold, end.goals, "goals hold after the solution");
    },
  ]),
);

export const tests = {
  ...Object.fromEntries(WALKS),

  "a lesson is found in the list and opened by keyboard alone": async (session) => {
    const page = await session.open();
    await page.keyboard.press("l");
    await page.locator(".lesson-list").waitFor();
    await session.picture(page, "lesson-list");
    await session.expectAccessible(page);
    await session.tabTo(page, "First message");
    await page.keyboard.press("Enter");
    await panel(page).waitFor();
    await settled(page);
    assert.equal((await place(page)).lesson, "L01");
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
