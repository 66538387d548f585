// What can be read from the last row of a room.

import assert from "node:assert/strict";

/** Fails for each visible word of the presenter view that is smaller than 26 px, or that is cut. */
export async function expectLarge(page) {
  const small = await page.evaluate(() => {
    const found = [];
    const walk = document.createTreeWalker(document.querySelector(".presenter"), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const { parentElement: element } = node;
      const box = element.getBoundingClientRect();
      if (!node.data.trim() || box.width < 2 || element.closest(".aloud, title, option")) continue;
      const scale = element.ownerSVGElement ? element.ownerSVGElement.getBoundingClientRect().width / 1366 : 1;
      const size = parseFloat(getComputedStyle(element).fontSize) * Math.max(scale, 0.98);
      if (size < 25.4) found.push(`"${node.data.trim()}" is ${size} px`);
    }
    for (const line of document.querySelectorAll(".caption-lines, .caption-lines p, .presenter footer, .presenter .votes")) {
      if (line.scrollHeight > line.clientHeight + 4 || line.scrollWidth > line.clientWidth + 1) found.push(`"${line.innerText}" is cut`);
    }
    return found;
  });
  assert.deepEqual(small, [], "a room cannot read this");
}
