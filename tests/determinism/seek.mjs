// The bench of going back in time, in WebAssembly: one line of JSON.
//
//   node seek.mjs PROBE.wasm [EVENTS]
//
// A busy cluster is run for EVENTS events as a bare world, which remembers nothing, and as a timeline.
// `recording` is the timeline's time over the bare world's, the fastest of three interleaved rounds each;
// `history_bytes` is how much more memory the timeline's module has grown to; the seeks go to moments drawn
// evenly over the whole history.

import { readFileSync } from "node:fs";

const [path, events = "1000000"] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(path));
const fresh = () => new WebAssembly.Instance(module).exports;
const SEED = 1n;
const ROUNDS = 3;
const SEEKS = 400;

/** Runs something; gives its outcome and the milliseconds it took. */
function timed(run) {
  const start = performance.now();
  const outcome = run();
  return [outcome, performance.now() - start];
}

const best = { bare: Infinity, recorded: Infinity };
let digest, same, bareBytes, probe;
for (let round = 0; round < ROUNDS; round += 1) {
  const bare = fresh();
  const [bareDigest, bareTime] = timed(() => bare.probe_run_bare(SEED, BigInt(events)));
  bareBytes = bare.memory.buffer.byteLength;
  probe = fresh();
  const [recordedDigest, recordedTime] = timed(() => probe.probe_record(SEED, BigInt(events)));
  best.bare = Math.min(best.bare, bareTime);
  best.recorded = Math.min(best.recorded, recordedTime);
  digest = BigInt.asUintN(64, recordedDigest).toString(16).padStart(16, "0");
  same = bareDigest === recordedDigest;
}
const recordedBytes = probe.memory.buffer.byteLength;

// A multiplicative generator, so that every run goes to the same moments.
let state = 1;
const times = [];
for (let number = 0; number < SEEKS; number += 1) {
  state = (state * 48271) % 2147483647;
  const event = 2000 + Math.floor((state / 2147483647) * (Number(events) - 2000));
  const [, time] = timed(() => probe.probe_seek(BigInt(event)));
  times.push(time);
}
times.sort((a, b) => a - b);
const at = (share) => Number(times[Math.min(SEEKS - 1, Math.floor(SEEKS * share))].toFixed(3));
const line = {
  name: "seek",
  events: Number(events),
  entries: probe.probe_entries(),
  seconds: best.recorded / 1000,
  events_per_s: Math.round((Number(events) / best.recorded) * 1000),
  seek_p50_ms: at(0.5),
  seek_p99_ms: at(0.99),
  seek_max_ms: at(1),
  recording: Number((best.recorded / best.bare).toFixed(3)),
  bare_bytes: bareBytes,
  history_bytes: recordedBytes - bareBytes,
  peak_bytes: probe.memory.buffer.byteLength,
  same_as_bare: same,
  digest,
};
console.log(JSON.stringify(line));
