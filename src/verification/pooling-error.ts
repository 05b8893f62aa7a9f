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

/** Relative errors below this are as small as those of the codes. */
const NOTABLE = 0.002;

/**
 * The losses of average pooling on the overlay: how far its factor is from 1 / area (on an overlay with 8 bits of scale it is
 * 5/256 for 7 x 7, and 0 from 512 on), and where windows are clipped while the factor is not.
 */
export function averagePoolingFaults(graph: Graph, entries: readonly ScalingEntry[], overlay: OverlayChoice): Fault[] {
  const placement = placementOf(graph, entriesByName(entries));
  const { analysis } = placement;
  const { AveragePooling: rows } = overlayOf(overlay).limits;
  return graph.nodes.flatMap((node, index) => {
    const rule = analysis.rule(index);
    if (rule.kind !== 'pool' || rule.operation !== 'average' || placement.isOnHost(index)) return [];
    const layer = describe({ ...node, where: '' });
    const entry = placement.entryOf(index);
    const grid = placement.value(analysis.input(index)).grid ?? placement.codes(analysis.output(index));
    const error = entry === undefined ? ownError(rule.area, rows[grid.bits]) : entryError(entry, rule.area);
    const warnings = [
      ...(Math.abs(error) < NOTABLE
        ? []
        : [`${layer} divides by ${rule.area} with a relative error of ${(100 * error).toPrecision(3)} %.`]),
      ...(rule.clipped
        ? [
            `${layer} has windows that are clipped at the border, but always divides by ${rule.area}: border values come out too small.`,
          ]
        : []),
    ];
    return warnings.map((message) => warning(node.name, 'scale', message));
  });
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
