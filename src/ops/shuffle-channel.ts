import { fail } from '../error.js';
import type { Op } from './op.js';
import { expectInteger, splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';

export type ShuffleChannelAttrs = { readonly axis: number; readonly group: number };

/** Channels dealt out of their groups: output channel `j * group + i` is input channel `i * (C / group) + j`. */
export const shuffleChannel: Op<ShuffleChannelAttrs> = {
  name: 'shuffle-channel',
  caffe: {
    types: ['ShuffleChannel'],
    attributes: (layer) => ({ axis: 1, group: layer.param('shuffle_channel_param')['group'] }),
  },
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    expectInteger('group', attrs.group, 1);
    const { size } = splitAxis(shapes[0], attrs.axis);
    if (size % attrs.group !== 0)
      fail('model', '', `expected a group that divides ${size} channels, got ${attrs.group}.`);
    return shapes;
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const { outer, size, inner } = splitAxis(input.shape, attrs.axis);
    const members = size / attrs.group;
    for (let slice = 0; slice < outer * size; slice++) {
      const channel = slice % size;
      const from = slice - channel + (channel % attrs.group) * members + Math.floor(channel / attrs.group);
      output.data.set(input.data.subarray(from * inner, (from + 1) * inner), slice * inner);
    }
  }),
};
