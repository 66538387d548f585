// The gallery of failures: a story is fetched, opened and kept with its card.

import assert from "node:assert/strict";
import { expectButtonsWhole } from "../lib/boxes.mjs";
import { until } from "../lib/cluster.mjs";

const card = (page) => page.locator(".story-card");

/** Waits until the story is there, played to its end. */
async function opened(page) {
  await until(page, "the story to be opened", async () => {
    const { opening } = await page.evaluate(() => window.brokerscope.summary());
    return !opening && (await page.locator("dialog").count()) === 0;
  });
}

export const tests = {
  "a story is opened by keyboard and keeps its card over a reload": async (session) => {
    const page = await session.open();
    await page.keyboard.press("f");
    await page.locator("dialog .suggestions").waitFor();
    await session.picture(page, "gallery");
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
    await session.tabTo(page, "unclean election");
    await page.keyboard.press("Enter");
    await opened(page);
    await card(page).waitFor();
    assert.match(await card(page).innerText(), /high watermark falls from 20 to 5/);
    await session.picture(page, "gallery-story");
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
    await page.reload();
    await session.ready(page);
    await opened(page);
    assert.match(await card(page).innerText(), /high watermark falls from 20 to 5/);
  },

  "the gallery is told in Chinese, in the dark": async (session) => {
    const page = await session.open({ language: "zh", theme: "dark" });
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "不干净的选举会忘记已提交的数据" }).click();
    await opened(page);
    assert.match(await card(page).innerText(), /从 20 退到 5/);
    await session.picture(page, "gallery-zh-dark");
    await session.expectAccessible(page);
  },

  "a story that cannot be had is told, and the run stays": async (session) => {
    const page = await session.open({
      worker: false,
      before: (page) => page.route("**/failures/*", (route) => route.fulfill({ status: 404, body: "" })),
    });
    const before = await page.evaluate(() => window.brokerscope.digest());
    await page.keyboard.press("f");
    await page.locator("dialog .suggestions button").first().click();
    await page.locator("dialog .problem").waitFor();
    assert.match(await page.locator("dialog .problem").innerText(), /FAIL-01.*404/);
    assert.equal(await page.evaluate(() => window.brokerscope.digest()), before);
    await session.expectTrouble(/404/);
  },

  "the gallery fits a phone": async (session) => {
    const page = await session.open({ size: "phone" });
    await page.evaluate(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: "f", bubbles: true })));
    await page.locator("dialog .suggestions").waitFor();
    await session.picture(page, "gallery-phone");
    await expectButtonsWhole(page);
    await session.expectAccessible(page);
  },
};
