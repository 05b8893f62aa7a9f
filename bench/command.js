import { spawn } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./race.js').Times} Times */

/**
 * A program that is run as a user runs it: a new process from its start to its end. It writes its `cpuMs` and `peakBytes` as JSON
 * to file descriptor 3.
 * @typedef {{ title: string, program: string, words: readonly string[] }} Command
 */

/** What a process took: from start to end, on all processors, and its most resident bytes. @typedef {{ ms: number, cpuMs: number, peakBytes: number }} Used */

const REPORT = fileURLToPath(new URL('report-usage.cjs', import.meta.url));
const OURS = fileURLToPath(new URL('../bin/xfdnn.js', import.meta.url));
/** Rest before a run, as for the sides of a race. */
const REST_MS = 100;

/** Node with these words. @param {string} title @param {readonly string[]} words @returns {Command} */
export const nodeCommand = (title, words) => ({
  title,
  program: process.execPath,
  words: ['--require', REPORT, ...words],
});

/** The command that users have, of the one-file bundle. @param {string} title @param {readonly string[]} words @returns {Command} */
export const ourCommand = (title, words) => nodeCommand(title, [OURS, ...words]);

/** A command of `xfdnn` from flags as its jobs take them. @param {string} title @param {string} job @param {Readonly<Record<string, string | number | boolean>>} flags @returns {Command} */
export function ourJob(title, job, flags) {
  const words = Object.entries(flags).flatMap(([flag, value]) =>
    value === false ? [] : value === true ? [`--${flag}`] : [`--${flag}`, String(value)],
  );
  return ourCommand(title, [job, ...words]);
}

/**
 * Runs commands in turn, each a new process every time; a first round warms up the disk's cache and is not counted. `isWarm`:
 * false for long commands, for which every round counts.
 * @param {readonly Command[]} commands @param {number} runs @param {{ isWarm?: boolean }} [options] @returns {Promise<Times[]>}
 */
export async function commandRace(commands, runs, { isWarm = true } = {}) {
  /** @type {Required<Times>[]} */
  const times = commands.map(({ title }) => ({ title, ms: [], cpuMs: [], peakBytes: 0 }));
  for (let round = isWarm ? 0 : 1; round <= runs; round++)
    for (const [index, command] of commands.entries()) {
      await sleep(REST_MS);
      const { ms, cpuMs, peakBytes } = await runCommand(command);
      if (round === 0) continue;
      times[index].ms.push(ms);
      times[index].cpuMs.push(cpuMs);
      times[index].peakBytes = Math.max(times[index].peakBytes, peakBytes);
    }
  return times;
}

/** Throws with what the program wrote where it fails. @param {Command} command @returns {Promise<Used>} */
function runCommand({ title, program, words }) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const [errors, report] = [child.stdio[2], child.stdio[3]].map(textOf);
    child.once('error', reject);
    child.once('close', (code) => {
      const ms = performance.now() - start;
      if (code === 0) resolve({ ms, .../** @type {Omit<Used, 'ms'>} */ (JSON.parse(report())) });
      else reject(new Error(`${title}: expected exit code 0, got ${code}.\n${errors()}`));
    });
  });
}

/** Gathers what a stream gives. @param {any} stream @returns {() => string} */
function textOf(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (/** @type {string} */ part) => {
    text += part;
  });
  return () => text;
}
