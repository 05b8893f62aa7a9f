import { fail } from '../error.js';
import { elements, strides } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, expectInteger, resolveAxis } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** How often the input is repeated along each axis. */
export type TileAttrs = { readonly multiples: readonly number[] };

/** The input repeated along its axes. Moves elements only. */
export const tile: Op<TileAttrs> = {
  name: 'tile',
  caffe: {
    types: ['Tile'],
    attributes(layer) {
      const { axis, tiles } = layer.param('tile_param') as { axis: number; tiles: number };
      const rank = layer.bottoms[0]?.length ?? 0;
      const at = resolveAxis(axis, rank);
      return { multiples: Array.from({ length: rank }, (_, i) => (i === at ? tiles : 1)) };
    },
  },
  tensorflow: {
    types: ['Tile'],
    read(node) {
      const multiples = constantList(node, 1);
      return multiples === undefined ? undefined : { attrs: { multiples }, inputs: [0], params: [] };
    },
  },
  shape({ multiples }, inputs) {
    expectInputs(inputs, 1);
    if (multiples.length !== inputs[0]!.length)
      fail('model', '', `expected multiples for ${inputs[0]!.length} axes, got ${multiples.length}.`);
    multiples.forEach((count) => expectInteger('multiples', count, 1));
    return [inputs[0]!.map((size, axis) => size * multiples[axis]!)];
  },
  rule: () => ({ kind: 'shape' }),
  reference(_node, [input], [output]) {
    const steps = strides(input!.shape);
    const walk = (axis: number, at: number, from: number): void => {
      if (axis === steps.length) return void (output!.data[at] = input!.data[from]);
      const run = elements(output!.shape.slice(axis + 1));
      for (let index = 0; index < output!.shape[axis]!; index++)
        walk(axis + 1, at + index * run, from + (index % input!.shape[axis]!) * steps[axis]!);
    };
    walk(0, 0, 0);
  },
};
