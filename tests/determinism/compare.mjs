// The native == wasm gate: runs every scenario of the probe in WebAssembly, without any glue, and
// compares its digest with the native one.
//
//   node compare.mjs PROBE.wasm < LINES
//
// A line is `number seed digest events name`, as the native probe prints it. Every scenario of the module must
// be there. The last line counts: `determinism: P passed, F failed`.

import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
  const names = imports.map((entry) => `${entry.module}.${entry.name}`);
  throw new Error(`the probe wants something from outside, which the simulation must not: ${names.join(", ")}`);
}

/** A module that trapped is not used again. */
const fresh = () => new WebAssembly.Instance(module).exports;

const lines = readFileSync(0, "utf8").trim().split("\n").filter(Boolean);
const runs = lines.map((line) => {
  const [, number, seed, digest, events, name] = line.match(/^(\d+) (\d+) ([0-9a-f]{16}) (\d+) (.*)$/);
  return { number: Number(number), seed, digest, events, name };
});
let failed = 0;
for (const { number, seed, digest, events, name } of runs) {
  let inWasm;
  try {
    const value = fresh().probe_run(number, BigInt.asIntN(64, BigInt(seed)));
    inWasm = BigInt.asUintN(64, value).toString(16).padStart(16, "0");
  } catch (error) {
    inWasm = String(error);
  }
  const same = inWasm === digest;
  if (!same) failed += 1;
  const verdict = same ? "ok   " : "FAIL ";
  const difference = same ? "" : `: native ${digest}, wasm ${inWasm}`;
  console.log(`${verdict} ${name}, seed ${seed}, ${events} events${difference}`);
}
const covered = new Set(runs.map((run) => run.number)).size;
if (covered !== fresh().probe_scenarios()) {
  failed += 1;
  console.log(`FAIL  ${covered} scenarios came from the native probe, the module has ${fresh().probe_scenarios()}`);
}
console.log(`determinism: ${runs.length - Math.min(failed, runs.length)} passed, ${failed} failed`);
process.exitCode = failed > 0 || runs.length === 0 ? 1 : 0;
