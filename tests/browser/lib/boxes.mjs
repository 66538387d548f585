// Cheap eyes: what can be seen wrong by boxes alone.

import assert from "node:assert/strict";

/** Fails if two words of the picture lie over each other, or one leaves the stage. */
export async function expectReadable(page) {
  const faults = await page.evaluate(() => {
    const HAIR = 2;
    const stage = document.querySelector("#picture").getBoundingClientRect();
    const words = [...document.querySelectorAll("#picture text")]
      .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
      .filter(({ words, box }) => words.trim() && box.width > 0);
    // A line's box is higher than its letters: only the middle half counts.
    const core = ({ box }) => ({ top: box.top + box.height / 4, bottom: box.bottom - box.height / 4 });
    const found = [];
    words.forEach((a, i) => {
      const { left, right, top, bottom } = a.box;
      const inside = left >= stage.left - 1 && right <= stage.right + 1 && top >= stage.top - 4 && bottom <= stage.bottom + 4;
      if (!inside) found.push(`"${a.words}" leaves the stage`);
      for (const b of words.slice(i + 1)) {
        const across = Math.min(right, b.box.right) - Math.max(left, b.box.left);
        const down = Math.min(core(a).bottom, core(b).bottom) - Math.max(core(a).top, core(b).top);
        if (across > HAIR && down > 0) found.push(`"${a.words}" over "${b.words}"`);
      }
    });
    return found;
  });
  assert.deepEqual(faults, [], "words in the picture cannot be read");
}

/** Fails if a button's words are cut off, a visible button is too small, or the page scrolls. */
export async function expectButtonsWhole(page) {
  const faults = await page.evaluate(() => {
    const found = [];
    for (const button of document.querySelectorAll("button, summary, select")) {
      const { width, height } = button.getBoundingClientRect();
      if (width === 0) continue;
      const name = button.getAttribute("aria-label") ?? button.textContent;
      // Rows of the story and choices of a select are cut with an ellipsis on purpose.
      const cut = button.scrollWidth > button.clientWidth + 1 && !button.closest(".story, .branch");
      if (cut) found.push(`"${name}" is cut: ${button.scrollWidth} in ${button.clientWidth}`);
      // A term stands in a sentence and is as high as its line (WCAG 2.5.8, inline).
      if (Math.min(width, height) < 24 && !button.closest(".term")) found.push(`"${name}" is ${width} by ${height}`);
    }
    const { scrollWidth, scrollHeight } = document.documentElement;
    if (scrollWidth > innerWidth || scrollHeight > innerHeight) found.push(`the page scrolls: ${scrollWidth} by ${scrollHeight}`);
    return found;
  });
  assert.deepEqual(faults, [], "buttons are not whole");
}

/** Fails if the page's frame moved without being asked to since it was opened. */
export async function expectStill(page) {
  const moved = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const shifts = list.getEntries().filter((shift) => !shift.hadRecentInput);
          resolve(shifts.reduce((sum, shift) => sum + shift.value, 0));
        });
        observer.observe({ type: "layout-shift", buffered: true });
        // Without a shift the observer is never called.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
      }),
  );
  assert.ok(moved < 0.05, `the layout shifted by ${moved}`);
}
