// Reads and drives the page as a person does: the text view is the oracle of what is drawn, the
// buttons, keys and the terminal are the levers. Waiting is for conditions, never for time.

import assert from "node:assert/strict";

/** Every table of the text view as rows of cells, by its heading. */
export async function tables(page) {
  return page.evaluate(() => {
    const found = {};
    for (const heading of document.querySelectorAll("#text-view h3")) {
      const rows = [...heading.nextElementSibling.querySelectorAll("tbody tr")];
      found[heading.textContent] = rows.map((row) => [...row.cells].map((cell) => cell.textContent));
    }
    return found;
  });
}

/** A partition as the controller has it: leader, epoch, replicas, ISR, "broker: HW/LEO ...". */
export async function partition(page, name) {
  const row = ((await tables(page)).Partitions ?? []).find(([first]) => first === name);
  if (!row) return null;
  const [, leader, epoch, replicas, isr, ends] = row;
  return { leader, epoch: Number(epoch), replicas, isr, ends };
}

/** The state words of a broker. */
export async function broker(page, id) {
  const row = ((await tables(page)).Brokers ?? []).find(([first]) => first === String(id));
  return row?.[1];
}

/** Events delivered, from the summary of the text view. */
export async function eventNumber(page) {
  const words = await page.locator("#text-view [data-summary]").innerText();
  const found = /event (\d[\d ,\u202f\u00a0]*)/.exec(words);
  assert.ok(found, `no event number in "${words}"`);
  return Number(found[1].replace(/\D/g, ""));
}

/** Waits until `look()` gives something that is not false, null or undefined, and returns it. */
export async function until(page, what, look, limit = 30_000) {
  const deadline = performance.now() + limit;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(performance.now() < deadline, `waited in vain for ${what}`);
    // One frame: the page changes at most that often.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** The state's digest, as the title block shows it. */
export const digest = (page) => page.locator("[data-digest]").innerText();

/** Presses a button of the time bar (or acts otherwise) and waits until the move is done. */
export async function step(page, name, act) {
  const before = await eventNumber(page);
  if (act) await act();
  else await page.getByRole("button", { name, exact: true }).click();
  await until(page, `${name ?? "the move"} to be done`, async () => {
    const busy = await page.locator(".time progress").count();
    return busy === 0 && (await eventNumber(page)) !== before;
  });
}
