// What one test works with: pages opened in a chosen theme, language and size, and the trouble
// that happened in them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Where pictures go. */
export const OUT = fileURLToPath(new URL("../out/", import.meta.url));

/** The two sizes every view must work at. */
export const SIZES = {
  desktop: { viewport: { width: 1366, height: 768 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

const LOCALES = { en: "en-US", zh: "zh-CN" };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A promise and the function that fulfils it. */
function deferred() {
  let resolve;
  const promise = new Promise((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

export class Session {
  /** Console errors, uncaught errors and policy breaches of every page so far. */
  trouble = [];
  #browser;
  #contexts = [];
  #nextTrouble = deferred();

  constructor(browser, url, published) {
    this.#browser = browser;
    /** Whether the page is the published one, with its offline copy. */
    this.published = published;
    /** The address of the page, without a hash. */
    this.url = url;
  }

  /**
   * Opens the page and waits until it runs.
   *
   * theme "light" | "dark", language "en" | "zh" (as the browser prefers them), size "desktop" |
   * "phone", hash (a link's state, with "#"), reducedMotion, ready (false: do not wait),
   * before (called with the page before it loads), worker (false: no service worker, which
   * would answer for a file that shall not be had).
   */
  async open(options = {}) {
    const { theme = "light", language = "en", size = "desktop", hash = "", reducedMotion = false } = options;
    const context = await this.#browser.newContext({
      ...SIZES[size],
      colorScheme: theme,
      locale: LOCALES[language],
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      permissions: ["clipboard-read", "clipboard-write"],
      serviceWorkers: options.worker === false ? "block" : "allow",
    });
    context.setDefaultTimeout(15_000);
    this.#contexts.push(context);
    const page = await context.newPage();
    await this.#watch(page);
    await options.before?.(page);
    await page.goto(this.url + hash);
    if (options.ready !== false) await this.ready(page);
    return page;
  }

  /**
   * Waits until the program has replaced the waiting text and built up the run it opens with, or
   * the report is shown.
   */
  async ready(page) {
    await page.waitForFunction(
      () => document.querySelector(".report") || window.brokerscope?.summary().opening === false,
    );
    const report = page.locator(".report");
    if (await report.count()) assert.fail(`the page shows its report: ${await report.innerText()}`);
  }

  async #watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.#note(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#note(`uncaught: ${error.message}`));
    await page.exposeFunction("reportPolicyBreach", (text) => this.#note(`policy: ${text}`));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        window.reportPolicyBreach(`${event.effectiveDirective} forbids ${event.blockedURI || event.sample}`);
      });
    });
  }

  /** Fails if anything went wrong in a page of this session. */
  expectNoTrouble() {
    assert.deepEqual(this.trouble, [], "the page reported trouble");
  }

  /** Waits for trouble that a test provokes on purpose, and takes it out of the list. */
  async expectTrouble(pattern) {
    const deadline = performance.now() + 5000;
    while (!this.trouble.some((line) => pattern.test(line))) {
      const left = deadline - performance.now();
      assert.ok(left > 0, `no trouble matches ${pattern}: ${this.trouble.join("; ")}`);
      await Promise.race([this.#nextTrouble.promise, new Promise((resolve) => setTimeout(resolve, left).unref())]);
    }
    this.trouble = this.trouble.filter((line) => !pattern.test(line));
  }

  #note(line) {
    this.trouble.push(line);
    this.#nextTrouble.resolve();
    this.#nextTrouble = deferred();
  }

  /** Keeps a picture of the page as `out/NAME.png`. */
  async picture(page, name) {
    const path = `${OUT}${name}.png`;
    await page.screenshot({ path, caret: "initial" });
    return path;
  }

  /** Fails with rule, help and elements for each accessibility violation axe finds. */
  async expectAccessible(page) {
    // Evaluated by the debugger, which the content security policy does not govern.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const lines = violations.map(({ id, help, nodes }) => {
      const where = nodes.map((node) => `    ${node.target.join(" ")}: ${node.html.slice(0, 120)}`);
      return [`${id}: ${help}`, ...where].join("\n");
    });
    assert.equal(lines.length, 0, `axe found violations:\n${lines.join("\n")}`);
  }

  /** Presses Tab until the focused element's accessible name contains `name`. */
  async tabTo(page, name, limit = 80) {
    const seen = [];
    for (let step = 0; step < limit; step += 1) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const { activeElement: focused } = document;
        const labels = [...(focused.labels ?? [])].map((label) => label.textContent);
        return focused.getAttribute("aria-label") ?? (labels.join(" ") || focused.textContent || focused.tagName);
      });
      if (label.includes(name)) return;
      seen.push(label.trim().slice(0, 30));
    }
    assert.fail(`Tab does not reach "${name}"; it reached: ${seen.join(" | ")}`);
  }

  /** Calls a method of `window.brokerscope` and returns its plain value. */
  async call(page, method, ...values) {
    return page.evaluate(
      ([method, values]) => window.brokerscope[method](...values),
      [method, values],
    );
  }

  /** Pictures of every open page of a failed test. */
  async keepFailure(title) {
    const name = `failed-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80)}`;
    const pages = this.#contexts.flatMap((context) => context.pages());
    const kept = pages.map((page, index) => this.picture(page, `${name}-${index}`).catch(() => "(none)"));
    return Promise.all(kept);
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}
