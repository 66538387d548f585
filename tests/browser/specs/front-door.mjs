// The page starts, is accessible, obeys its own policy, works offline, and tells of its failures.

import assert from "node:assert/strict";

const APPEARANCES = ["light", "dark"].flatMap((theme) =>
  ["en", "zh"].flatMap((language) => ["desktop", "phone"].map((size) => ({ theme, language, size }))),
);

const appearances = Object.fromEntries(
  APPEARANCES.map(({ theme, language, size }) => [
    `starts and is accessible in ${theme}, ${language}, ${size}`,
    async (session) => {
      const page = await session.open({ theme, language, size });
      await session.picture(page, `start-${theme}-${language}-${size}`);
      const { scrollWidth, innerWidth } = await page.evaluate(() => ({
        scrollWidth: document.documentElement.scrollWidth,
        innerWidth: window.innerWidth,
      }));
      assert.ok(scrollWidth <= innerWidth, `the page is wider (${scrollWidth}) than the screen (${innerWidth})`);
      await session.expectAccessible(page);
    },
  ]),
);

export const tests = {
  ...appearances,

  "inline scripts and scripts of strangers are refused by the policy": async (session) => {
    const page = await session.open();
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.inlineScriptRan = true";
      document.body.append(script);
      return window.inlineScriptRan === true;
    });
    assert.equal(ran, false);
    await session.expectTrouble(/policy: script-src.* forbids inline/);
    await session.expectTrouble(/Content Security Policy/);
  },

  "reloads without a network after the first visit": async (session) => {
    if (!session.published) return console.log("      (a development page keeps no offline copy)");
    const page = await session.open();
    await page.evaluate(async () => {
      const { active, installing, waiting } = await navigator.serviceWorker.ready;
      const worker = active ?? waiting ?? installing;
      if (worker.state === "activated") return;
      await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve()));
    });
    await page.context().setOffline(true);
    await page.reload();
    await session.ready(page);
    assert.match(await page.title(), /Brokerscope$/);
  },

  "a program that does not load gives a readable report": async (session) => {
    const page = await session.open({
      ready: false,
      before: (page) => page.route(/\.wasm$/, (route) => route.abort()),
    });
    const report = page.getByRole("alert");
    await report.waitFor();
    assert.match(await report.innerText(), /could not start/);
    await session.expectAccessible(page);
    await session.picture(page, "report-load");
    await session.expectTrouble(/console: .*ERR_FAILED/);
  },

  "a panic gives a report with a link back, in the page's language": async (session) => {
    const page = await session.open({ language: "zh" });
    await page.evaluate(() => {
      document.documentElement.lang = "zh";
      const detail = { message: "panicked at 'example'", link: "#v1.moment", scenario: "cluster brokers=3\n" };
      window.dispatchEvent(new CustomEvent("brokerscope:panic", { detail }));
      // What follows from the first failure is not shown.
      window.dispatchEvent(new CustomEvent("brokerscope:panic", { detail: { message: "second" } }));
    });
    const report = page.getByRole("alert");
    const text = await report.innerText();
    assert.match(text, /模拟器因内部错误停止/);
    assert.match(text, /panicked at 'example'/);
    assert.doesNotMatch(text, /second/);
    assert.equal(await report.getByRole("link").getAttribute("href"), "#v1.moment");
    const download = page.waitForEvent("download");
    await report.getByRole("button", { name: "下载场景文件" }).click();
    assert.equal((await download).suggestedFilename(), "brokerscope-scenario.txt");
    await session.expectAccessible(page);
    await session.picture(page, "report-panic");
  },

  "starting fresh sets what was saved aside and loses nothing": async (session) => {
    const page = await session.open({ hash: "#some=state" });
    await page.evaluate(() => {
      localStorage.setItem("brokerscope.session", "damaged");
      window.dispatchEvent(new CustomEvent("brokerscope:panic", { detail: { message: "damaged" } }));
    });
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("button", { name: "Start fresh" }).click(),
    ]);
    await session.ready(page);
    const kept = await page.evaluate(() => localStorage.getItem("kept.brokerscope.session"));
    assert.equal(kept, "damaged");
    assert.equal(new URL(page.url()).hash.includes("some=state"), false);
  },
};
