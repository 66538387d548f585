// The picture of the README: `cargo xtask screenshot` copies it. A producer writes, two groups
// read, the leader has crashed, another has been elected, and the inspector tells why.

import { STORY, crashLeader } from "../lib/story.mjs";

export const tests = {
  "readme picture": async (session) => {
    const page = await session.open();
    await session.call(page, "load", STORY);
    await crashLeader(session, page);
    await session.call(page, "run", { ms: 10_500 });
    await session.call(page, "select", "partition:my-replicated-topic-0");
    // On to an event with messages under way.
    await page.waitForFunction(() => {
      window.brokerscope.step();
      return window.brokerscope.state().messages.filter((m) => m.family === "Records").length > 0;
    });
    await session.picture(page, "readme");
  },
};
