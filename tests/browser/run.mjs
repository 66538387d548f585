// Runs the browser tests: every spec in specs/, in one Chromium, a fresh context for each test.
//
//   BROKERSCOPE_URL       where the page is served (cargo xtask test sets it)
//   BROKERSCOPE_CHROMIUM  the browser's program
//   BROKERSCOPE_MODE      "development" for the page without offline copy; else the published page
//   node run.mjs [WORD]   only tests whose file or name contains WORD
//
// A spec exports `tests`: an object from a sentence to an async function that gets a Session
// (lib/session.mjs). Any console error, uncaught error or breach of the content security policy
// fails the test it happened in. The last line counts: `browser: P passed, F failed`.

import { mkdir, readdir, rm } from "node:fs/promises";
import { chromium } from "playwright-core";
import { Session, OUT } from "./lib/session.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The longest one test may take. Nothing waits for it; it only names a test that hangs. */
const TEST_MS = 90_000;

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run \`cargo xtask test browser\``);
  return value;
}

async function collect(word) {
  const found = [];
  const folder = new URL("specs/", import.meta.url);
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort()) {
    const { tests } = await import(new URL(file, folder));
    for (const [name, body] of Object.entries(tests)) {
      const title = `${file.replace(".mjs", "")}: ${name}`;
      if (title.includes(word)) found.push({ title, body });
    }
  }
  return found;
}

/** Runs one test; true if it passed. */
async function runOne(browser, url, { title, body }) {
  const session = new Session(browser, url, process.env.BROKERSCOPE_MODE !== "development");
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    await within(TEST_MS, body(session));
    session.expectNoTrouble();
    console.log(`ok    ${title} (${took()})`);
    return true;
  } catch (error) {
    console.log(`FAIL  ${title} (${took()})\n${indent(error.stack ?? String(error))}`);
    for (const line of session.trouble) console.log(indent(line));
    for (const path of await session.keepFailure(title)) console.log(indent(`picture: ${path}`));
    return false;
  } finally {
    await session.close();
  }
}

function within(limit, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${limit} ms`)), limit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const indent = (text) => text.replace(/^/gm, "      ");

const word = process.argv[2] ?? "";
const url = required("BROKERSCOPE_URL");
// Pictures of an earlier run would tell of failures that are no more.
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const tests = await collect(word);
const browser = await chromium.launch({ executablePath: required("BROKERSCOPE_CHROMIUM"), args: FLAGS });
let failed = 0;
for (const test of tests) {
  if (!(await runOne(browser, url, test))) failed += 1;
}
await browser.close();
console.log(`browser: ${tests.length - failed} passed, ${failed} failed`);
if (tests.length === 0) console.log(`no test contains "${word}"`);
process.exitCode = failed > 0 || tests.length === 0 ? 1 : 0;
