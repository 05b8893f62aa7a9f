import type { Grid } from '../../fixed/grid.js';
import { type AverageFactors, lowerOverlayAverage, type SumsShape } from '../../kernels/overlay-average.js';
import { opOf } from '../../ops/index.js';
import { decompose, gridsOf, type Overlay, type ScalingEntry } from '../../scaling/index.js';
import { channelAxis, type Layout, type Shape } from '../../tensor.js';
import { type Action, type EmulationContext, type Layer, provided } from '../context.js';

/** The largest code of every window. */
export function maxPool(context: EmulationContext, { index, node, shapes }: Layer<'pool'>): Action {
  const { memory, operands, placement } = context;
  const output = placement.analysis.output(index);
  const grid = placement.codes(output);
  const lowerCodes = provided(opOf(node).lowerCodes, node, 'lowerCodes');
  const pool = memory.prepared(lowerCodes(node, shapes, grid.bits));
  const codes = operands.codes(placement.analysis.input(index), grid);
  return (run) => {
    const from = codes(run);
    pool([from], [memory.allocate(run, output)]);
  };
}

/** Window sums, then `avgPool` with the entry's factor and shift, or 1 / area decomposed by the average pooling row. */
export function averagePool(context: EmulationContext, layer: Layer<'pool'>, entry: ScalingEntry | undefined): Action {
  const { memory, operands, placement, overlay } = context;
  const { index, node, shapes, rule } = layer;
  const [input, output] = [placement.analysis.input(index), placement.analysis.output(index)];
  const grid = entry === undefined ? placement.codes(output) : gridsOf(entry).input;
  const lowerSums = provided(opOf(node).lowerSums, node, 'lowerSums');
  const sum = memory.prepared(lowerSums(node, shapes, grid.bits));
  const codes = operands.codes(input, grid);
  const factors = averageFactors(overlay, rule.area, grid, entry);
  const { shape, layout } = placement.analysis.value(output);
  const average = memory.prepared(lowerOverlayAverage(sumsShape(shape, layout), factors, placement.codes(output).bits));
  const bytes = memory.size(output) * Int32Array.BYTES_PER_ELEMENT;
  return (run) => {
    const from = codes(run);
    const sums = memory.temporary(run, bytes);
    sum([from], [sums]);
    average([sums], [memory.allocate(run, output)]);
  };
}

function sumsShape(shape: Shape, layout: Layout): SumsShape {
  const axis = channelAxis(shape.length, layout);
  const product = (sizes: Shape): number => sizes.reduce((total, size) => total * size, 1);
  return { blocks: product(shape.slice(0, axis)), channels: shape[axis] ?? 1, run: product(shape.slice(axis + 1)) };
}

/** The factors of an average pooling: the entry's, or 1 / `area` decomposed by the row of codes on `grid`. */
export function averageFactors(
  { limits }: Overlay,
  area: number,
  { bits }: Grid,
  entry: ScalingEntry | undefined,
): AverageFactors {
  if (entry !== undefined) return { scale: entry.scale, postscale: entry.postscale_shift };
  const own = decompose(Math.fround(1 / area), limits.AveragePooling[bits]);
  return { scale: [own.scale], postscale: [own.postscale_shift] };
}
