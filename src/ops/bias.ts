import type { Op } from './op.js';
import { type CoverAttrs, coveredShape, covering, expectCovering } from './scale.js';
import { isChannelAxis } from './support/affine.js';
import { expectInputs } from './support/axes.js';

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
  params: (attrs, inputs) =>
    inputs.length > 1 ? [] : [{ role: 'bias', shape: coveredShape(attrs, inputs[0]!), seed: 0 }],
  shape(attrs, inputs) {
    expectInputs(inputs, 1, 2);
    if (inputs.length === 2) expectCovering(attrs, inputs);
    else coveredShape(attrs, inputs[0]!);
    return [inputs[0]!];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs, params }, inputs, [output]) {
    const [input, added] = [inputs[0]!, inputs[1] ?? params[0]!];
    const at = covering(attrs, input.shape, inputs[1]?.shape ?? coveredShape(attrs, input.shape));
    input.data.forEach((x: number, index: number) => (output!.data[index] = x + added.data[at(index)]!));
  },
  toAffine({ attrs, inputs, params }, { inputs: shapes, layout }) {
    if (inputs.length > 1 || (attrs.numAxes ?? 1) !== 1 || !isChannelAxis(attrs.axis, shapes[0]!, layout))
      return undefined;
    const shift = Float64Array.from(params[0]!.data);
    return { scale: shift.map(() => 1), shift, alone: false };
  },
};
