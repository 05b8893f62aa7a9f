/** @typedef {import('./race.js').Times} Times */

/**
 * A row of the table: a ratio of two things measured in one run. Without `ratios`: a peer that could not run, and why.
 * @typedef {object} Row
 * @property {string} what
 * @property {number | null} threads
 * @property {string} against
 * @property {string} ours median with its unit, and the smallest and the largest
 * @property {string} theirs
 * @property {readonly [minima: number, medians: number] | null} ratios
 * @property {Limits | null} limits
 * @property {string} note
 */

/** The ratio asked for now, and the one wanted then: of the minima, if nothing else is said. @typedef {{ asked: number, wanted: number | null, of?: 'medians' }} Limits */

const head = ['row', 'threads', 'against', 'ours', 'theirs', 'ratio of minima', 'of medians', 'asked', 'wanted', ''];

/** Two sides of a race as a row. @param {{ what: string, threads: number | null, ours: Times, theirs: Times, limits?: Limits | null, note?: string }} parts @returns {Row} */
export function compared({ what, threads, ours, theirs, limits = null, note = '' }) {
  const ratios = /** @type {const} */ ([minimum(ours.ms) / minimum(theirs.ms), median(ours.ms) / median(theirs.ms)]);
  return {
    what,
    threads,
    against: theirs.title,
    ours: spread(ours.ms),
    theirs: spread(theirs.ms),
    ratios,
    limits,
    note,
  };
}

/** The ratio of medians of processor time, in words. @param {Times} ours @param {Times} theirs */
export const cpuRatio = ({ cpuMs: ours = [] }, { cpuMs: theirs = [] }) =>
  `${(median(ours) / median(theirs)).toPrecision(3)} of the processor time`;

/** A row for a peer that could not run. @param {string} what @param {number | null} threads @param {import('./race.js').Absent} absent @returns {Row} */
export function missing(what, threads, { title, reason }) {
  return { what, threads, against: title, ours: '', theirs: '', ratios: null, limits: null, note: reason };
}

/** The table in Markdown, columns aligned. @param {readonly Row[]} rows */
export function formatTable(rows) {
  const cells = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** @param {Row} row */
function cellsOf({ what, threads, against, ours, theirs, ratios, limits, note }) {
  const number = (/** @type {number | null | undefined} */ value) =>
    value === null || value === undefined ? '' : Number(value.toPrecision(3)).toString();
  return [
    what,
    threads === null ? '' : String(threads),
    against,
    ours,
    theirs,
    number(ratios?.[0]),
    number(ratios?.[1]),
    number(limits?.asked),
    number(limits?.wanted),
    verdict(ratios, limits, note),
  ];
}

/** @param {Row['ratios']} ratios @param {Limits | null} limits @param {string} note */
function verdict(ratios, limits, note) {
  if (ratios === null || limits === null) return note;
  const ratio = ratios[limits.of === 'medians' ? 1 : 0];
  const met = ratio <= limits.asked ? (limits.wanted !== null && ratio <= limits.wanted ? 'wanted' : 'met') : 'missed';
  return note === '' ? met : `${met}; ${note}`;
}

/** Median, and the smallest and the largest, in a unit that suits. @param {readonly number[]} ms */
export function spread(ms) {
  const [low, middle, high] = [minimum(ms), median(ms), Math.max(...ms)];
  const [divisor, unit] = low >= 1000 ? [1000, 's'] : [1, 'ms'];
  const show = (/** @type {number} */ value) => Number((value / divisor).toPrecision(4)).toString();
  return `${show(middle)} ${unit} (${show(low)} to ${show(high)})`;
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** @param {readonly number[]} values */
export const minimum = (values) => Math.min(...values);

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
