// The page's terminal as a person uses it: a line is typed, and what it prints is read.

import { until } from "./cluster.mjs";

const INPUT = "#terminal-input";

/** How many lines of a kind the terminal has shown; lines scrolled out of memory do not count. */
const lines = (page, kind) => page.locator(`.terminal .out .${kind}`).count();

/** Text that was printed since the last command line, command excluded. */
export async function printed(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll(".terminal .out li")];
    const last = all.findLastIndex((line) => line.classList.contains("command"));
    return all.slice(last + 1).map((line) => line.textContent).join("\n");
  });
}

/** True when the terminal waits for a command. */
const waits = (page) => page.locator(".terminal .stop").count().then((running) => running === 0);

/** Types a command without waiting for its end. */
export async function start(page, line) {
  const before = await lines(page, "command");
  await page.locator(INPUT).fill(line);
  await page.locator(INPUT).press("Enter");
  await until(page, `the command "${line}" to begin`, async () => (await lines(page, "command")) > before);
}

/** Types a command, waits for its end and returns what it printed. */
export async function run(page, line) {
  await start(page, line);
  await until(page, `the end of "${line}"`, () => waits(page));
  return printed(page);
}

/** Waits until the running command has printed that. */
export async function sees(page, pattern) {
  return until(page, `the terminal to print ${pattern}`, async () => pattern.test(await printed(page)));
}

/** Types a line into the running command, behind its prompt. */
export async function type(page, line) {
  await sees(page, />\s*$/);
  await page.locator(INPUT).fill(line);
  await page.locator(INPUT).press("Enter");
  await sees(page, new RegExp(`>${line}\\n>\\s*$`));
}

/** Ends the running command with Ctrl-C. */
export async function interrupt(page) {
  await page.locator(INPUT).press("Control+c");
  await until(page, "the command to end", () => waits(page));
}
