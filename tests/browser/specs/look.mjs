// How the page looks in its moments: pictures to be looked at, and what boxes and axe can tell.

import { readFile } from "node:fs/promises";

import { expectButtonsWhole, expectReadable, expectStill } from "../lib/boxes.mjs";
import { PARTITION, STORY, crashLeader, leader } from "../lib/story.mjs";

async function check(session, page, name) {
  await session.picture(page, `look-${name}`);
  await expectReadable(page);
  await expectButtonsWhole(page);
  await session.expectAccessible(page);
}

/** A cluster with the truncation rule before KIP-101, right before it loses a committed record (FAIL-9). */
const BEFORE_KIP_101 = new URL("../../../scenarios/before-kip-101.txt", import.meta.url);

/** Breaks INV-12 and shows how the page stops at it and tells it. */
async function broken(session, options, words) {
  const page = await session.open(options);
  await session.call(page, "load", await readFile(BEFORE_KIP_101, "utf8"));
  await session.call(page, "act", { crash: { broker: 1 } });
  const { time } = await session.call(page, "summary");
  await session.call(page, "run", { ms: 30_000 });
  const stopped = await session.call(page, "summary");
  if (stopped.time >= time + 30_000_000) {
    throw new Error("the run went on past the broken rule");
  }
  await page.getByText(words).first().waitFor();
  await check(session, page, `broken-${options.theme}-${options.language}-${options.size}`);
}

/** The moments of one appearance, from produce to the answer to "why?". */
async function moments(session, options, name, one) {
  const page = await session.open(options);
  await session.call(page, "load", STORY);
  await one(page, "produced");
  await crashLeader(session, page);
  await session.call(page, "run", { ms: 300 });
  await one(page, "crashed");
  await session.call(page, "run", { ms: 12_000 });
  await session.call(page, "select", `partition:${PARTITION}`);
  await one(page, "failed-over");
}

function appearance(theme, language, size) {
  const name = `${theme}-${language}-${size}`;
  const body = (session) =>
    moments(session, { theme, language, size }, name, (page, moment) => check(session, page, `${moment}-${name}`));
  return [`the failover can be read in ${theme}, ${language}, ${size}`, body];
}

const APPEARANCES = ["light", "dark"].flatMap((theme) =>
  ["en", "zh"].flatMap((language) => ["desktop", "phone"].map((size) => appearance(theme, language, size))),
);

export const tests = {
  ...Object.fromEntries(APPEARANCES),

  "a paused broker and one that stops cleanly can be read": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    await session.call(page, "act", { pause: { broker: 1 } });
    await session.call(page, "act", { stop: { broker: 0 } });
    await session.call(page, "run", { ms: 5 });
    await session.call(page, "select", "broker:0");
    await check(session, page, "pause-and-stop");
    await session.call(page, "run", { ms: 15_000 });
    await check(session, page, "paused-and-stopped");
  },

  "acting in the past makes a branch that can be chosen": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    const { time } = await session.call(page, "summary");
    await crashLeader(session, page);
    await session.call(page, "run", { ms: 12_000 });
    await session.call(page, "seek", time - 1_000);
    await session.call(page, "act", { stop: { broker: await leader(session, page) } });
    await session.call(page, "run", { ms: 3_000 });
    await check(session, page, "branches");
    const choice = page.getByRole("combobox", { name: "Branch" });
    await choice.selectOption("main");
    await page.waitForFunction((later) => window.brokerscope.summary().time > later, time + 11_000_000);
    await session.picture(page, "look-branch-main");
  },

  "a broken rule stops the run and is told, in English": (session) =>
    broken(session, { theme: "light", language: "en", size: "desktop" }, "rule INV-12 is broken"),

  "a broken rule stops the run and is told, in Chinese": (session) =>
    broken(session, { theme: "dark", language: "zh", size: "desktop" }, "INV-12 被打破"),

  "a broken rule stops the run and is told on a phone": (session) =>
    broken(session, { theme: "light", language: "en", size: "phone" }, "rule INV-12 is broken"),

  "the text view, the list of keys and the menu of a broker can be read": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await check(session, page, "keys");
    await page.keyboard.press("Escape");
    await page.locator('[data-id="broker:1"]').click({ button: "right", position: { x: 40, y: 20 } });
    await page.getByRole("menu").waitFor();
    await check(session, page, "menu");
    await page.keyboard.press("Escape");
    await page.keyboard.press("t");
    await page.locator("#text-view.shown").waitFor();
    await session.expectAccessible(page);
    await session.picture(page, "look-text-view");
  },

  "nothing moves that should not while time flows": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    await session.call(page, "play");
    const { time } = await session.call(page, "summary");
    await page.waitForFunction((later) => window.brokerscope.summary().time > later, time + 20_000);
    await session.call(page, "pause");
    await expectStill(page);
    await check(session, page, "played");
  },
};
