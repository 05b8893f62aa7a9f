import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';
import { copyElements } from './support/elementwise.js';

/** First and last axis that become one; negative ones count from the end. */
export type FlattenAttrs = { readonly axis: number; readonly endAxis: number };

/** Several neighbouring axes as one; elements keep their order. */
export const flatten: Op<FlattenAttrs> = {
  name: 'flatten',
  caffe: {
    types: ['Flatten'],
    attributes(layer) {
      const message = layer.param('flatten_param');
      return { axis: message['axis'], endAxis: message['end_axis'] };
    },
  },
  shape({ axis, endAxis }, inputs) {
    const [shape] = expectInputs(inputs, 1);
    const [begin, last] = [resolveAxis(axis, shape.length), resolveAxis(endAxis, shape.length, 'end_axis')];
    if (last < begin) fail('model', '', `expected end_axis from ${begin} on, got ${last}.`);
    return [[...shape.slice(0, begin), elements(shape.slice(begin, last + 1)), ...shape.slice(last + 1)]];
  },
  rule: () => ({ kind: 'shape' }),
  reference: copyElements,
};
