import type { Op } from './op.js';
import { isChannelAxis } from './support/affine.js';
import { expectInputs } from './support/axes.js';
import { type CoverAttrs, coveredOperands, coveredShape, coverShape } from './support/cover.js';
import { first } from './support/operands.js';

/**
 * Adds a constant, or a second input, that covers some axes. A host layer; per channel it joins a batch norm
 * before it.
 */
export const bias: Op<CoverAttrs> = {
  name: 'bias',
  caffe: {
    types: ['Bias'],
    attributes(layer) {
      const message = layer.param('bias_param');
      return { axis: message['axis'], numAxes: message['num_axes'] };
    },
  },
  params(attrs, inputs) {
    const [input, second] = expectInputs(inputs, 1, 2);
    return second === undefined ? [{ role: 'bias', shape: coveredShape(attrs, input), seed: 0 }] : [];
  },
  shape: coverShape,
  rule: () => ({ kind: 'host' }),
  reference({ attrs, params }, inputs, outputs) {
    const { data } = first(outputs);
    const { input, cover, at } = coveredOperands(attrs, inputs, params);
    input.data.forEach((x: number, index: number) => (data[index] = x + cover.data[at(index)]));
  },
  toAffine({ attrs, inputs, params }, { inputs: shapes, layout }) {
    if (inputs.length > 1 || (attrs.numAxes ?? 1) !== 1 || !isChannelAxis(attrs.axis, first(shapes), layout))
      return undefined;
    const shift = Float64Array.from(first(params).data);
    return { scale: shift.map(() => 1), shift, alone: false };
  },
};
