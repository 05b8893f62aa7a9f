import type { RuleOf } from '../analysis/analysed-graph.js';
import { stepOf } from '../fixed/grid.js';
import { describe, type Graph } from '../graph/graph.js';
import { placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import {
  decompose,
  gridsOf,
  type Limits,
  type OverlayChoice,
  overlayOf,
  type ScalingEntry,
  type Triple,
} from '../scaling/index.js';
import { type Fault, warning } from '../scaling-file/fault.js';
import { percent } from './percent.js';

/** Relative errors below this are as small as those of the codes. */
const NOTABLE = 0.002;

/** What an average pooling loses on an overlay. */
export interface PoolingError {
  readonly layer: string;
  /** Relative error of its factor against 1 / area. */
  readonly gain: number;
  /** Whether windows are clipped while the factor is not. */
  readonly isClipped: boolean;
  /** The same in words: one sentence for each that is notable, and the way out; empty where nothing is. */
  readonly text: string;
}

/**
 * The losses of average pooling on the overlay: how far its factor is from 1 / area (on an overlay with 8 bits of scale it is
 * 5/256 for 7 x 7, and 0 from 512 on), and where windows are clipped while the factor is not.
 */
export function averagePoolingErrors(
  graph: Graph,
  entries: readonly ScalingEntry[],
  overlay: OverlayChoice,
): PoolingError[] {
  const placement = placementOf(graph, entriesByName(entries));
  const { analysis } = placement;
  const { AveragePooling: rows } = overlayOf(overlay).limits;
  return graph.nodes.flatMap((node, index) => {
    const rule = analysis.rule(index);
    if (rule.kind !== 'pool' || rule.operation !== 'average' || placement.isOnHost(index)) return [];
    const entry = placement.entryOf(index);
    const grid = placement.value(analysis.input(index)).grid ?? placement.codes(analysis.output(index));
    const gain = entry === undefined ? ownError(rule.area, rows[grid.bits]) : entryError(entry, rule.area);
    const text = errorText(describe({ ...node, where: '' }), rule, gain);
    const wayOut = text === '' ? '' : ` --float_layers ${node.name} runs it on the host.`;
    return [{ layer: node.name, gain, isClipped: rule.clipped !== null, text: `${text}${wayOut}` }];
  });
}

/** A warning for each average pooling that loses something notable on the overlay. */
export function averagePoolingFaults(graph: Graph, entries: readonly ScalingEntry[], overlay: OverlayChoice): Fault[] {
  return averagePoolingErrors(graph, entries, overlay).flatMap(({ layer, text }) =>
    text === '' ? [] : [warning(layer, 'scale', text)],
  );
}

function errorText(layer: string, { area, clipped }: RuleOf<'pool'>, gain: number): string {
  const coarse =
    Math.abs(gain) < NOTABLE ? [] : [`${layer} divides by ${area} with a relative error of ${percent(gain, 3)}.`];
  if (clipped === null) return coarse.join('');
  const { windows, of, smallest, lacking } = clipped;
  const cut = `${windows} of the ${of} windows of ${layer} are clipped at the border, to ${smallest} elements at least`;
  return [
    ...coarse,
    `${cut}, but the overlay always divides by ${area}: their values come out ${percent(lacking, 3)} too small.`,
  ].join(' ');
}

const factorOf = ({ prescale_shift: pre, scale, postscale_shift: post }: Triple): number => scale * 2 ** -(pre + post);

/** Relative error of 1 / area as the overlay decomposes it. */
function ownError(area: number, limits: Limits): number {
  return factorOf(decompose(Math.fround(1 / area), limits)) * area - 1;
}

/** Relative error of the worst channel's multiplier. */
function entryError(entry: ScalingEntry, area: number): number {
  const { input, output } = gridsOf(entry);
  const exact = stepOf(input) / stepOf(output) / area;
  const errors = entry.scale.map((scale, channel) => {
    const [pre = NaN, post = NaN] = [entry.prescale_shift[channel], entry.postscale_shift[channel]];
    return factorOf({ prescale_shift: pre, scale, postscale_shift: post }) / exact - 1;
  });
  return errors.reduce((worst, error) => (Math.abs(error) > Math.abs(worst) ? error : worst), 0);
}
