import { setTimeout as sleep } from 'node:timers/promises';
import { Contestant } from './contestant.js';

/** Milliseconds of one image (or one job) of one side, run by run, and those on all processors. @typedef {{ title: string, ms: number[], cpuMs?: number[], peakBytes: number }} Times */
/** A side that could not start, and why. @typedef {{ title: string, reason: string }} Absent */

/**
 * A side before the race: `count` is what a run is asked to do, `per` what its time is divided by; both `images` if absent.
 * `optional`: the race goes on without it where it cannot start.
 * @typedef {{ title: string, name: string, config: object, count?: number, per?: number, optional?: boolean }} Entrant
 */

const TOLERANCE = 1e-4;
/** Rest before a run: thread pools spin for some tens of milliseconds after theirs. */
const REST_MS = 100;

/**
 * Runs sides in turn, `runs` rounds of ours, peer, ours, peer ..., so that whatever else the machine does slows all
 * of them alike; a first round warms up and is not counted. Outputs are compared before any time is taken.
 * @param {readonly Entrant[]} entrants ours first
 * @param {{ runs: number, images: number, check?: boolean }} options `images` per run, `check`: let sides verify themselves
 * @returns {Promise<{ times: Times[], absent: Absent[] }>}
 */
export async function race(entrants, { runs, images, check = false }) {
  const contestants = entrants.map(
    (entrant) => new Contestant({ count: images, per: images, optional: false, ...entrant }),
  );
  try {
    const absent = await openAll(contestants);
    const present = contestants.filter(({ title }) => !absent.some((other) => other.title === title));
    await compareOutputs(present);
    if (check) for (const contestant of present) await contestant.check();
    return { times: await takeTimes(present, runs), absent };
  } finally {
    contestants.forEach((contestant) => contestant.close());
  }
}

/** One after the other, so that none disturbs another's start. @param {readonly Contestant[]} contestants @returns {Promise<Absent[]>} */
async function openAll(contestants) {
  const absent = [];
  for (const contestant of contestants) {
    try {
      await contestant.open();
    } catch (error) {
      if (!contestant.optional) throw error;
      absent.push({ title: contestant.title, reason: /** @type {Error} */ (error).message });
    }
  }
  return absent;
}

/** @param {readonly Contestant[]} contestants */
async function compareOutputs(contestants) {
  /** @type {{ title: string, outputs: Float32Array[] }[]} */
  const shown = [];
  for (const contestant of contestants) {
    const outputs = await contestant.outputs();
    if (outputs !== undefined) shown.push({ title: contestant.title, outputs });
  }
  const [first, ...others] = shown;
  for (const { title, outputs } of others)
    outputs.forEach((output, index) =>
      expectClose(output, first.outputs[index], `${title} against ${first.title}, output ${index}`),
    );
}

/** @param {Float32Array} found @param {Float32Array} expected @param {string} where */
function expectClose(found, expected, where) {
  if (found.length !== expected.length)
    throw new Error(`${where}: expected ${expected.length} values, got ${found.length}.`);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const difference = expected.reduce((max, value, index) => Math.max(max, Math.abs(value - found[index])), 0);
  if (!(difference <= TOLERANCE * largest))
    throw new Error(
      `${where}: expected a difference within ${TOLERANCE} of the largest value ${largest}, got ${difference}.`,
    );
}

/**
 * As {@link race}, with a new process for every run, for what can be done only once; `peakBytes` is the most it held.
 * Nothing warms up but the disk's cache.
 * @param {readonly Entrant[]} entrants @param {number} runs @returns {Promise<Times[]>}
 */
export async function freshRace(entrants, runs) {
  const times = entrants.map(({ title }) => emptyTimes(title));
  for (let round = 0; round <= runs; round++) {
    for (const [index, entrant] of entrants.entries()) {
      const contestant = new Contestant({ count: 1, per: 1, optional: false, ...entrant });
      try {
        await contestant.open();
        await takeTime(contestant, times[index], round > 0);
      } finally {
        contestant.close();
      }
    }
  }
  return times;
}

/** @param {readonly Contestant[]} contestants @param {number} runs @returns {Promise<Times[]>} */
async function takeTimes(contestants, runs) {
  const times = contestants.map(({ title }) => emptyTimes(title));
  for (let round = 0; round <= runs; round++) {
    for (const [index, contestant] of contestants.entries()) await takeTime(contestant, times[index], round > 0);
  }
  return times;
}

/** @param {string} title @returns {Times} */
const emptyTimes = (title) => ({ title, ms: [], cpuMs: [], peakBytes: 0 });

/** @param {Contestant} contestant @param {Times} times @param {boolean} counts */
async function takeTime(contestant, times, counts) {
  await sleep(REST_MS);
  const { ms, cpuMs, peakBytes } = await contestant.run();
  if (counts) {
    times.ms.push(ms / contestant.per);
    times.cpuMs?.push(cpuMs / contestant.per);
  }
  times.peakBytes = Math.max(times.peakBytes, peakBytes);
}
