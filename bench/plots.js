import { mkdirSync, writeFileSync } from 'node:fs';
import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { median, minimum } from './table.js';

/** @typedef {import('./race.js').Times} Times */
/** One quantity of a plot, side by side with another. @typedef {{ title: string, of: (times: Times) => number[] }} Panel */

const FOLDER = new URL('plots/', import.meta.url);
const [WIDTH, HEIGHT] = [420, 300];
const MARGIN = { top: 48, right: 16, bottom: 44, left: 64 };
const TICKS = 5;
/** From this ratio of the largest to the smallest on, a scale is logarithmic. */
const WIDE = 32;
const COLOURS = ['#1b6ca8', '#d1495b', '#66a182', '#edae49', '#8d6cab'];

/** What a job took: seconds by runs, megabytes at most. @type {readonly Panel[]} */
const panels = [
  { title: 'seconds (median)', of: ({ ms }) => ms.map((value) => value / 1000) },
  { title: 'peak memory in MB', of: ({ peakBytes }) => [peakBytes / 1e6] },
];

/**
 * Draws how time and memory grow to `plots/NAME.svg`.
 * @param {string} name @param {{ title: string, unit: string, amounts: readonly number[] }} growth @param {readonly Times[]} times
 */
export function drawLines(name, { title, unit, amounts }, times) {
  const drawn = panels.map(({ title: quantity, of }, index) => {
    const values = times.map(of);
    const x = scaleOf(amounts, [MARGIN.left, WIDTH - MARGIN.right]);
    const y = scaleOf(values.flat(), [HEIGHT - MARGIN.bottom, MARGIN.top]);
    const middles = values.map(median);
    const path = line(
      (_, i) => x(amounts[i] ?? 0),
      (value) => y(/** @type {any} */ (value)),
    )(/** @type {any} */ (middles));
    const points = values.map((runs, i) => pointOf(x(amounts[i] ?? 0), runs.map(y)));
    const body = `<path d="${path}" fill="none" stroke="${COLOURS[0]}" stroke-width="2"/>${points.join('')}`;
    const ticks = amounts.map((amount) => tickBelow(x(amount), String(amount)));
    return panelAt(index, quantity, `${ticks.join('')}${ticksLeft(y)}${body}${label(unit)}`);
  });
  write(name, title, drawn);
}

/**
 * Draws jobs of several networks beside each other to `plots/NAME.svg`.
 * @param {string} name @param {string} title @param {ReadonlyMap<string, readonly Times[]>} groups
 */
export function drawBars(name, title, groups) {
  const names = [...groups.keys()];
  const sides = [...groups.values()][0]?.map((times) => times.title) ?? [];
  const drawn = panels.map(({ title: quantity, of }, index) => {
    const all = [...groups.values()].flat().flatMap(of);
    const x = scaleBand(names, [MARGIN.left, WIDTH - MARGIN.right])
      .paddingInner(0.2)
      .paddingOuter(0.1);
    const inner = scaleBand(sides, [0, x.bandwidth()]).padding(0.1);
    const y = scaleLinear([0, Math.max(...all)], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice();
    const bars = [...groups].flatMap(([group, times]) =>
      times.map((side, i) => {
        const value = median(of(side));
        const left = (x(group) ?? 0) + (inner(side.title) ?? 0);
        return `<rect x="${r(left)}" y="${r(y(value))}" width="${r(inner.bandwidth())}" height="${r(y(0) - y(value))}" fill="${COLOURS[i]}"/>`;
      }),
    );
    const ticks = names.map((group) => tickBelow((x(group) ?? 0) + x.bandwidth() / 2, group));
    return panelAt(index, quantity, `${ticksLeft(y)}${bars.join('')}${ticks.join('')}`);
  });
  const step = (2 * WIDTH - MARGIN.left) / sides.length;
  const legend = sides.map((side, i) => {
    const left = MARGIN.left + i * step;
    return `<rect x="${r(left)}" y="${HEIGHT + 4}" width="10" height="10" fill="${COLOURS[i]}"/><text x="${r(left + 14)}" y="${HEIGHT + 13}">${text(side)}</text>`;
  });
  write(name, title, [...drawn, ...legend]);
}

/** Linear from 0, or logarithmic where values are far apart. @param {readonly number[]} values @param {[number, number]} range */
function scaleOf(values, range) {
  const [low, high] = [minimum(values), Math.max(...values)];
  return high / low >= WIDE ? scaleLog([low, high], range) : scaleLinear([0, high], range).nice();
}

/** The median as a point, from the smallest to the largest as a line. @param {number} x @param {readonly number[]} ys */
function pointOf(x, ys) {
  const colour = COLOURS[0];
  return (
    `<line x1="${r(x)}" x2="${r(x)}" y1="${r(minimum(ys))}" y2="${r(Math.max(...ys))}" stroke="${colour}"/>` +
    `<circle cx="${r(x)}" cy="${r(median(ys))}" r="3" fill="${colour}"/>`
  );
}

/** @param {number} x @param {string} words */
const tickBelow = (x, words) =>
  `<text x="${r(x)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${text(words)}</text>`;

/** @param {ReturnType<typeof scaleOf>} y */
function ticksLeft(y) {
  // Where a logarithmic scale has many ticks, 1, 2 and 5 of each power of ten.
  const all = y.ticks(TICKS);
  const shown = all.length <= 2 * TICKS ? all : all.filter((value) => /^[125]/.test(value.toExponential()));
  const lines = shown.map((value) => {
    const at = r(y(value));
    return (
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
      `<text x="${MARGIN.left - 6}" y="${r(at + 4)}" text-anchor="end">${value}</text>`
    );
  });
  return lines.join('');
}

/** @param {string} words */
const label = (words) =>
  `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${text(words)}</text>`;

/** @param {number} index @param {string} title @param {string} body */
const panelAt = (index, title, body) =>
  `<g transform="translate(${index * WIDTH} 0)"><text x="${MARGIN.left}" y="${MARGIN.top - 12}">${text(title)}</text>${body}</g>`;

/** @param {string} name @param {string} title @param {readonly string[]} parts */
function write(name, title, parts) {
  const [width, height] = [WIDTH * panels.length, HEIGHT + 24];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" role="img">`;
  const ground = `<title>${text(title)}</title><rect width="${width}" height="${height}" fill="#fff"/>`;
  const above = `<text x="${MARGIN.left}" y="18" font-size="14">${text(title)}</text>`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${name}.svg`, FOLDER), `${head}\n${[ground, above, ...parts].join('\n')}\n</svg>\n`);
}

/** A coordinate of at most two decimals. @param {number} value */
const r = (value) => Math.round(100 * value) / 100;

/** @param {string} words */
const text = (words) => words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
