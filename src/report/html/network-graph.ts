import { curveBumpY, link } from 'd3-shape';
import { decibels } from '../verdict.js';
import { counted } from '../words.js';
import { FILL_LEGEND, fillOf } from './grades.js';
import { html, type Markup } from './markup.js';
import { legend } from './plot.js';
import type { NetworkNode } from './report-data.js';

const ROW = 22;
/** Width of the lane of one edge that passes rows. */
const LANE = 9;
/** Lanes beyond this share the last one. */
const MOST_LANES = 14;

/** An edge between two rows, the later one reading the earlier one. */
interface Edge {
  readonly from: number;
  readonly to: number;
  /** 0: straight down; above 0: so many lanes to the left. */
  readonly lane: number;
}

/** The edges of a network; those that pass rows have lanes so that none lies on another. */
function edgesOf(nodes: readonly Pick<NetworkNode, 'inputs'>[]): Edge[] {
  const lanes: number[] = []; // the last row of the edge in each lane
  const edges: Edge[] = [];
  for (const [from, to] of passing(nodes)) {
    const free = to - from === 1 ? 0 : lanes.findIndex((end) => end <= from) + 1;
    const lane = to - from === 1 ? 0 : free > 0 ? free : Math.min(lanes.length + 1, MOST_LANES);
    if (lane > 0) lanes[lane - 1] = to;
    edges.push({ from, to, lane });
  }
  return edges;
}

/** Pairs of rows, by the earlier one. */
const passing = (nodes: readonly Pick<NetworkNode, 'inputs'>[]): (readonly [number, number])[] =>
  nodes
    .flatMap(({ inputs }, to) => [...new Set(inputs)].map((from) => [from, to] as const))
    .sort(([a, b], [c, d]) => a - c || b - d);

/** Nodes from top to bottom with the edges between them, and how wide that is. */
interface NetworkPicture {
  readonly width: number;
  /** The middle of the nodes. */
  readonly x: number;
  readonly body: Markup;
}

/** A network from top to bottom in its own order, in rows of `row` pixels. `fills`: the class of each node's colour. */
export function networkPicture(
  nodes: readonly Pick<NetworkNode, 'inputs'>[],
  fills: readonly string[],
  row = ROW,
): NetworkPicture {
  const edges = edgesOf(nodes);
  const lanes = Math.max(0, ...edges.map(({ lane }) => lane));
  const x = 12 + lanes * LANE;
  const y = (index: number): number => row * index + row / 2;
  const half = link(curveBumpY);
  const drawn = edges.map(({ from, to, lane }) => {
    const side = x - lane * LANE;
    const bend = Math.min(row, (y(to) - y(from)) / 2);
    const top = half({ source: [x, y(from)], target: [side, y(from) + bend] }) ?? '';
    const foot = half({ source: [side, y(to) - bend], target: [x, y(to)] }) ?? '';
    const path = lane === 0 ? `M${x},${y(from)}V${y(to)}` : `${top}V${y(to) - bend}${foot.replace(/^M/, 'L')}`;
    return html`<path class="edge" d="${path}"/>`;
  });
  const circles = fills.map((fill, index) => html`<circle class="${fill}" cx="${x}" cy="${y(index)}" r="6"/>`);
  return { width: x + 12, x, body: html`${drawn}${circles}` };
}

/** A network from top to bottom in its own order, each node in the colour of what it keeps as deployed. */
export function networkGraph(nodes: readonly NetworkNode[]): Markup {
  const { x, body } = networkPicture(
    nodes,
    nodes.map(({ sqnr }) => fillOf(sqnr)),
  );
  const rows = nodes.map(({ name, type, sqnr }, row) => {
    const ratio = sqnr === null ? '' : `, ${decibels(sqnr)}`;
    return html`<text x="${x + 14}" y="${ROW * row + ROW / 2 + 4}">${name} <tspan class="type">${type}${ratio}</tspan></text>`;
  });
  const width = x + 20 + Math.max(0, ...nodes.map(({ name, type }) => 7.5 * (name.length + type.length + 12)));
  return html`<p>The network in its own order, each layer in the colour of what it keeps as deployed.</p>
${legend(FILL_LEGEND)}
<div class="scroll" tabindex="0" role="region" aria-label="Picture of the network">
<svg class="network" role="img" aria-label="Network of ${counted(nodes.length, 'layer')}; the figures are in the list of layers" width="${Math.ceil(width)}" height="${ROW * nodes.length}">${body}${rows}</svg></div>`;
}
