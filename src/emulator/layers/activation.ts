import { fail } from '../../error.js';
import { CODES } from '../../fixed/grid.js';
import { describe } from '../../graph/graph.js';
import { lowerEpilogue } from '../../kernels/epilogue.js';
import { overlayEpilogue } from '../../kernels/overlay-epilogue.js';
import { requantizeActivation } from '../../overlay/requantization.js';
import type { Action, EmulationContext, Layer } from '../context.js';
import { outputShape } from '../finish.js';

/** An activation on codes: one behind a layer without an accumulator. */
export function activation(context: EmulationContext, { index, rule }: Layer<'activation'>): Action {
  const { memory, operands, placement, overlay } = context;
  const output = placement.analysis.output(index);
  const grid = placement.codes(output);
  const codes = operands.codes(placement.analysis.input(index), grid);
  const shape = outputShape(context, output, slopeChannels(context, index, [index]));
  const epilogue = overlayEpilogue(shape, requantizeActivation(rule, grid, overlay));
  const apply = memory.prepared(lowerEpilogue(epilogue, CODES[grid.bits].element));
  return (run) => {
    const from = codes(run);
    apply([from], [memory.allocate(run, output)]);
  };
}

/**
 * The channels that an epilogue over elements in their order must distinguish: 1, or those of a slope per channel.
 * @param index the layer that writes the value; @param activations the nodes whose slopes it applies
 */
export function slopeChannels(
  { placement: { analysis } }: EmulationContext,
  index: number,
  activations: readonly number[],
): number {
  const channels = activations.reduce((most, activation) => {
    const rule = analysis.rule(activation);
    return rule.kind === 'activation' ? Math.max(most, rule.slopes.length) : most;
  }, 1);
  const { shape, layout } = analysis.value(analysis.output(index));
  if (channels > 1 && shape.length > 2 && layout === 'NHWC') {
    fail(
      'unsupported',
      describe(analysis.node(index)),
      'a PReLU with a slope per channel where there is no accumulator per channel, and channels come last, cannot be emulated.',
    );
  }
  return channels;
}
