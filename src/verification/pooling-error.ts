import { gridStep } from '../fixed/grid.js';
import { describe, type Graph } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { formsOf } from '../placement/placement.js';
import { decompose, limitsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { type Fault, warning } from '../scaling-file/fault.js';

/** Below this an average pooling's factor is as good as its codes. */
const NOTABLE = 0.002;

/**
 * What average pooling loses on the overlay: how far its factor is from 1 / area (on v2 it has few bits: 5/256 for
 * 7 x 7, nothing from 512 on), and where windows are clipped while the factor is not.
 */
export function averagePoolingFaults(graph: Graph, entries: readonly ScalingEntry[], overlay: Overlay): Fault[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  const forms = formsOf(graph, rules, byName);
  return graph.nodes.flatMap((node, index) => {
    const rule = rules[index]!;
    if (rule.kind !== 'pool' || rule.operation !== 'average' || forms[node.outputs[0]!]!.kind === 'float') return [];
    const layer = describe({ ...node, where: '' });
    const entry = byName.get(node.name);
    const error = factorError(entry, rule.area, forms[node.inputs[0]!]!.bw, overlay);
    const coarse =
      Math.abs(error) < NOTABLE
        ? []
        : [
            warning(
              node.name,
              'scale',
              `${layer} divides by ${rule.area} with a relative error of ${(100 * error).toPrecision(3)} %.`,
            ),
          ];
    const clipped = rule.clipped
      ? [
          warning(
            node.name,
            'scale',
            `${layer} has windows that are clipped at the border, but always divides by ${rule.area}: border values come out too small.`,
          ),
        ]
      : [];
    return [...coarse, ...clipped];
  });
}

/** Relative error of the worst channel's multiplier. */
function factorError(entry: ScalingEntry | undefined, area: number, bw: number, overlay: Overlay): number {
  if (entry === undefined) {
    const {
      scale,
      prescale_shift: pre,
      postscale_shift: post,
    } = decompose(Math.fround(1 / area), limitsOf('AveragePooling', bw, overlay));
    return scale * 2 ** -(pre + post) * area - 1;
  }
  const exact =
    gridStep(entry.th_layer_in, entry.bw_layer_in) / gridStep(entry.th_layer_out, entry.bw_layer_out) / area;
  const errors = entry.scale.map(
    (scale, c) => (scale * 2 ** -(entry.prescale_shift[c]! + entry.postscale_shift[c]!)) / exact - 1,
  );
  return errors.reduce((worst, error) => (Math.abs(error) > Math.abs(worst) ? error : worst), 0);
}
