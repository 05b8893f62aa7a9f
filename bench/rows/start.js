import { commandRace, nodeCommand, ourCommand } from '../command.js';
import { median, minimum, spread } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/** Processor time in milliseconds beyond that of Node itself. */
const [ASKED, WANTED] = [100, 60];
const LEAST_ROUNDS = 10;

/**
 * What the command takes before it does anything: `xfdnn --version` beside an empty program.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* startRows({ only, runs }, progress) {
  if (!only.has('start')) return;
  progress('start');
  const commands = [ourCommand('xfdnn --version', ['--version']), nodeCommand('node -e 0', ['-e', '0'])];
  const [ours, theirs] = (await commandRace(commands, Math.max(runs, LEAST_ROUNDS))).map(({ cpuMs = [] }) => cpuMs);
  const beyond = [minimum, median].map((of) => of(ours) - of(theirs));
  const verdict = beyond[0] <= WANTED ? 'wanted' : beyond[0] <= ASKED ? 'met' : 'missed';
  yield {
    what: '`xfdnn --version`, processor time',
    threads: null,
    against: '`node -e 0`',
    ours: spread(ours),
    theirs: spread(theirs),
    ratios: null,
    limits: null,
    note: `${verdict}: ${beyond.map((ms) => ms.toFixed(0)).join(' / ')} ms beyond it (minima / medians), asked ${ASKED}, wanted ${WANTED}`,
  };
}
