import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { html, type Markup } from './markup.js';

/** A linear scale from values to percent of a plot's width; values beyond the domain are drawn at its ends. */
export type Percent = ScaleLinear<number, number>;

/** A scale over a domain. */
export const percentScale = (from: number, to: number): Percent =>
  scaleLinear().domain([from, to]).range([0, 100]).clamp(true);

/** A place on a scale as an attribute: `12.5%`. */
export const at = (scale: Percent, value: number): string => `${rounded(scale(value))}%`;

/** A coordinate of at most two decimals. */
export const rounded = (value: number): number => Math.round(100 * value) / 100;

/** A bar between two values. `title`: shown under the pointer. */
export function bar(scale: Percent, [from, to]: readonly [number, number], y: number, kind: string): Markup {
  const [left, right] = [scale(Math.min(from, to)), scale(Math.max(from, to))];
  return html`<rect class="${kind}" x="${rounded(left)}%" width="${rounded(right - left)}%" y="${y}" height="7"/>`;
}

/** A vertical line over the height of a plot. */
export const verticalLine = (x: string, height: number, kind: string): Markup =>
  html`<line class="${kind}" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`;

/** A drawing as wide as its place; text around it says the same, so it is hidden from screen readers. */
export const plot = (height: number, body: Markup | readonly Markup[]): Markup =>
  html`<svg class="plot" height="${height}" aria-hidden="true">${body}</svg>`;

/** The ticks of a scale as a row of their own. */
export function axis(scale: Percent, format: (value: number) => string = String): Markup {
  const ticks = scale.ticks(4).map((value) => {
    const x = scale(value);
    const anchor = x < 5 ? 'start' : x > 95 ? 'end' : 'middle';
    return html`<text x="${at(scale, value)}" y="11" text-anchor="${anchor}">${format(value)}</text>`;
  });
  return plot(14, ticks);
}

/** A curve or area in a box of 100 x 100 that is stretched to the plot. */
export const stretched = (body: Markup, height: number): Markup =>
  html`<svg x="0" y="0" width="100%" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none">${body}</svg>`;

/** A row of a plot: a name, a drawing, and its figures as text. */
export interface Row {
  readonly name: string;
  readonly drawing: Markup;
  readonly figure: string;
  /** Where it is to be seen at once. */
  readonly mark?: 'bad' | 'poor' | undefined;
}

/** Rows of one scale, one below the other. `wide`: their figures are sentences. */
export function rowsOf(rows: readonly Row[], scale: Markup, wide = false): Markup {
  const items = rows.map(
    ({ name, drawing, figure, mark }) =>
      html`<li><span class="name">${name}</span>${drawing}<span class="figure ${mark}">${figure}</span></li>\n`,
  );
  const ticks = html`<li><span class="name"></span>${scale}<span class="figure"></span></li>\n`;
  return html`<ul class="rows ${wide ? 'wide' : ''}">${ticks}${items}</ul>`;
}

/** What the colours of a plot mean. `kind`: the class of the colour. */
export function legend(colours: readonly (readonly [kind: string, meaning: string])[]): Markup {
  const items = colours.map(
    ([kind, meaning]) =>
      html`<span><svg width="12" height="12" aria-hidden="true"><rect class="${kind}" width="12" height="12"/></svg>${meaning}</span>`,
  );
  return html`<div class="legend">${items}</div>`;
}

/** What the lines of a plot mean. `kind`: the class of the line. */
export function lineLegend(lines: readonly (readonly [kind: string, meaning: string])[]): Markup {
  const items = lines.map(
    ([kind, meaning]) =>
      html`<span><svg width="18" height="12" aria-hidden="true"><path class="${kind}" d="M0 6H18"/></svg>${meaning}</span>`,
  );
  return html`<div class="legend">${items}</div>`;
}
