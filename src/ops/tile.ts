import { fail } from '../error.js';
import type { Op } from './op.js';
import { expectInputs, expectInteger, resolveAxis, sizeAlong } from './support/axes.js';
import { gather, range } from './support/gather.js';
import { oneToOne } from './support/operands.js';
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
    const [input] = expectInputs(inputs, 1);
    if (multiples.length !== input.length)
      fail('model', '', `expected multiples for ${input.length} axes, got ${multiples.length}.`);
    for (const count of multiples) expectInteger('multiples', count, 1);
    return [input.map((size, axis) => size * sizeAlong(multiples, axis))];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne((_node, input, output) => {
    const sources = input.shape.map((size, axis) =>
      range(0, sizeAlong(output.shape, axis)).map((index) => index % size),
    );
    gather(input, output, sources);
  }),
};
