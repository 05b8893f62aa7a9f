import { max, range as numbers } from 'd3-array';
import { counted } from '../words.js';
import { html, type Markup } from './markup.js';
import { plot, rounded, stretched } from './plot.js';
import { digits } from './range-boxes.js';

const HEIGHT = 90;
/** Columns of a plot at most; channels beyond share them. */
const COLUMNS = 128;

/** Channels in groups that are drawn as one column each, by the largest of the group. */
function columnsOf(values: readonly number[]): number[] {
  const group = Math.ceil(values.length / COLUMNS);
  return numbers(0, values.length, group).map((first) => max(values.slice(first, first + group)) ?? 0);
}

/** The largest magnitude of each channel as columns, and the threshold as a line: one for all, or one for each channel. */
export function channelPlot(title: string, values: readonly number[], thresholds: readonly number[]): Markup {
  const [columns, limits] = [columnsOf(values), columnsOf(thresholds)];
  const top = Math.max(...columns, ...limits) || 1;
  const y = (value: number): number => rounded(100 - (95 * value) / top);
  const width = 100 / columns.length;
  const bars = columns.map((value, i) => `M${rounded(i * width)},100V${y(value)}H${rounded((i + 0.8) * width)}V100`);
  const limitWidth = 100 / Math.max(1, limits.length);
  const steps = limits.map((value, i) => `M${rounded(i * limitWidth)},${y(value)}H${rounded((i + 1) * limitWidth)}`);
  const body = html`<path class="alone" d="${bars.join('')}"/><path class="curve" vector-effect="non-scaling-stroke" d="${steps.join('')}"/>`;
  return html`<div><p class="faint">${title}: ${counted(values.length, 'channel')}, the largest ${digits(max(values) ?? 0)}, the smallest ${digits(
    Math.min(...values),
  )}; the line is the threshold.</p>${plot(HEIGHT, stretched(body, HEIGHT))}</div>`;
}
