// Worksheets: on the screen, and as they come out of the printer.

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { OUT } from "../lib/session.mjs";

/** Opens the worksheet of a lesson from the share dialog and waits for its answers. */
async function open(session, options, lesson) {
  const page = await session.open(options);
  await page.keyboard.press("s");
  await page.getByRole("dialog").getByRole("button", { name: /^(Worksheet|练习纸)$/ }).click();
  await page.locator(".worksheet .bar select").first().selectOption(lesson);
  await page.locator(".paper.answers", { hasText: lesson }).waitFor({ timeout: 60_000 });
  return page;
}

/** The number of pages of a PDF that Chromium writes. */
const pages = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;

const printed = [
  ["L06", "en", "a4"],
  ["L12", "zh", "letter"],
].map(([lesson, language, paper]) => [
  `the worksheet of ${lesson} is printed on ${paper} in ${language}, answers on the last pages`,
  async (session) => {
    const page = await open(session, { language }, lesson);
    await page.locator(".worksheet .bar select").nth(1).selectOption(paper);
    await page.locator(`.paper.${paper}`).first().waitFor();
    await session.expectAccessible(page);
    await session.picture(page, `worksheet-${lesson}-${language}-screen`);
    const path = `${OUT}worksheet-${lesson}-${language}-${paper}.pdf`;
    const pdf = await page.pdf({ path, preferCSSPageSize: true });
    assert.ok((await stat(path)).size > 5_000);
    assert.ok(pages(pdf) >= 2, `${pages(pdf)} pages`);
    const [width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString("latin1")).slice(1).map(Number);
    const expected = paper === "a4" ? [595, 842] : [612, 792];
    assert.ok(Math.abs(width - expected[0]) < 2 && Math.abs(height - expected[1]) < 2, `${width} x ${height}`);
    await page.emulateMedia({ media: "print" });
    await page.screenshot({ path: `${OUT}worksheet-${lesson}-${language}-${paper}.png`, fullPage: true });
  },
]);

export const tests = {
  ...Object.fromEntries(printed),

  "cells are empty on the sheet and computed among the answers; Escape leads back": async (session) => {
    const page = await open(session, {}, "L06");
    const cells = (where) => page.locator(`${where} td`).allInnerTexts();
    const [asked, answered] = [await cells(".paper:not(.answers)"), await cells(".paper.answers")];
    assert.ok(asked.length > 5 && asked.every((cell) => cell === ""));
    assert.equal(answered.length, asked.length);
    assert.ok(answered.every((cell) => cell !== ""), JSON.stringify(answered));
    await page.keyboard.press("Escape");
    await page.locator("#picture").waitFor();
  },

  "a worksheet that cannot be fetched is told": async (session) => {
    const page = await session.open({ size: "phone", worker: false, before: (page) => page.route("**/lessons/*.lesson", (route) => route.abort()) });
    await session.call(page, "load", "scenario 1\nseed 7\n");
    await page.keyboard.press("s");
    await page.getByRole("button", { name: "Worksheet" }).click();
    await page.getByRole("alert").waitFor();
    await session.expectTrouble(/ERR_FAILED/);
    await session.picture(page, "worksheet-failed-phone");
  },
};
