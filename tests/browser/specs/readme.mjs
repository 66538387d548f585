// The picture of the README, taken from the page as it starts: `cargo xtask screenshot` copies it.

export const tests = {
  "readme picture": async (session) => {
    const page = await session.open();
    await session.picture(page, "readme");
  },
};
