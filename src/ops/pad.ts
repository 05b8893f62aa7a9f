import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, sizeAlong } from './support/axes.js';
import { gather, range } from './support/gather.js';
import { oneToOne } from './support/operands.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** Elements added before and after each axis: a value, or the input mirrored without (`reflect`) or with (`symmetric`) its border. */
export type PadAttrs = {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: 'constant' | 'reflect' | 'symmetric';
  readonly value: number;
};

function read(node: TensorFlowNode): TensorFlowReading<PadAttrs> | undefined {
  const pads = constantList(node, 1);
  const value = node.type === 'PadV2' ? constantNumbers(node, 2)?.[0] : 0;
  if (pads === undefined || value === undefined) return undefined;
  if (pads.length % 2 !== 0) node.fail(`expected two paddings for each axis, got ${pads.length}.`);
  const side = (which: number): number[] => pads.filter((_, index) => index % 2 === which);
  const mode = node.type !== 'MirrorPad' ? 'constant' : node.attr('mode') === 'SYMMETRIC' ? 'symmetric' : 'reflect';
  return { attrs: { before: side(0), after: side(1), mode, value }, inputs: [0], params: [] };
}

/** Elements added on both sides of one axis. */
interface Sides {
  readonly before: number;
  readonly after: number;
}

const sidesOf = ({ before, after }: PadAttrs): Sides[] =>
  before.map((count, axis) => ({ before: count, after: sizeAlong(after, axis) }));

/** For each index along an axis of the output the index of the input, -1 for the value. */
function sources({ before, after }: Sides, mode: PadAttrs['mode'], size: number): number[] {
  const border = mode === 'reflect' ? 1 : 0;
  return range(-before, before + size + after).map((at) => {
    if (at >= 0 && at < size) return at;
    if (mode === 'constant') return -1;
    return at < 0 ? border - 1 - at : 2 * size - 1 - border - at;
  });
}

/** Padding along any axis. With 0 or mirrored elements it only moves what is there: 0 is a code of every grid. */
export const pad: Op<PadAttrs> = {
  name: 'pad',
  tensorflow: { types: ['Pad', 'PadV2', 'MirrorPad'], read },
  shape(attrs, inputs) {
    const { before, after, mode } = attrs;
    const [input] = expectInputs(inputs, 1);
    if (before.length !== input.length)
      fail('model', '', `expected paddings for ${input.length} axes, got ${before.length}.`);
    if ([...before, ...after].some((size) => size < 0))
      fail('model', '', `expected paddings of at least 0, got [${before.join(', ')}] and [${after.join(', ')}].`);
    const most = (size: number): number => (mode === 'constant' ? Infinity : mode === 'reflect' ? size - 1 : size);
    return [
      sidesOf(attrs).map((sides, axis) => {
        const size = sizeAlong(input, axis);
        const larger = Math.max(sides.before, sides.after);
        if (larger > most(size))
          fail('model', '', `expected at most ${most(size)} mirrored elements along axis ${axis}, got ${larger}.`);
        return sides.before + size + sides.after;
      }),
    ];
  },
  rule: ({ attrs }) => ({ kind: attrs.mode !== 'constant' || attrs.value === 0 ? 'shape' : 'host' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const maps = sidesOf(attrs).map((sides, axis) => sources(sides, attrs.mode, sizeAlong(input.shape, axis)));
    gather(input, output, maps, attrs.value);
  }),
};
