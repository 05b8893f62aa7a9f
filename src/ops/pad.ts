import { fail } from '../error.js';
import { elements, type Shape, strides } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** Elements added before and after each axis: a value, or the input mirrored without (`reflect`) or with (`symmetric`) its border. */
export type PadAttrs = {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: 'constant' | 'reflect' | 'symmetric';
  readonly value: number;
};

function read(node: TensorFlowNode): TensorFlowReading<PadAttrs> | undefined {
  const pads = constantList(node, 1);
  const value = node.type === 'PadV2' ? constantList(node, 2)?.[0] : 0;
  if (pads === undefined || value === undefined) return undefined;
  const side = (which: number): number[] => pads.filter((_, index) => index % 2 === which);
  const mode = node.type !== 'MirrorPad' ? 'constant' : node.attr('mode') === 'SYMMETRIC' ? 'symmetric' : 'reflect';
  return { attrs: { before: side(0), after: side(1), mode, value }, inputs: [0], params: [] };
}

/** For each index along an axis of the output the index of the input, -1 for the value. */
function sources({ before, mode }: PadAttrs, axis: number, size: number, padded: number): number[] {
  return Array.from({ length: padded }, (_, index) => {
    const at = index - before[axis]!;
    if (at >= 0 && at < size) return at;
    if (mode === 'constant') return -1;
    const border = mode === 'reflect' ? 1 : 0;
    return at < 0 ? border - 1 - at : 2 * size - 1 - border - at;
  });
}

/** Padding along any axis. With 0 or mirrored elements it only moves what is there: 0 is a code of every grid. */
export const pad: Op<PadAttrs> = {
  name: 'pad',
  tensorflow: { types: ['Pad', 'PadV2', 'MirrorPad'], read },
  shape({ before, after, mode }, inputs) {
    expectInputs(inputs, 1);
    const input = inputs[0]!;
    if (before.length !== input.length)
      fail('model', '', `expected paddings for ${input.length} axes, got ${before.length}.`);
    if ([...before, ...after].some((size) => size < 0))
      fail('model', '', `expected paddings of at least 0, got [${before.join(', ')}] and [${after.join(', ')}].`);
    const most = (size: number): number => (mode === 'constant' ? Infinity : mode === 'reflect' ? size - 1 : size);
    input.forEach((size, axis) => {
      if (before[axis]! > most(size) || after[axis]! > most(size))
        fail(
          'model',
          '',
          `expected at most ${most(size)} mirrored elements along axis ${axis}, got ${Math.max(before[axis]!, after[axis]!)}.`,
        );
    });
    return [input.map((size, axis) => before[axis]! + size + after[axis]!)];
  },
  rule: ({ attrs }) => ({ kind: attrs.mode !== 'constant' || attrs.value === 0 ? 'shape' : 'host' }),
  reference({ attrs }, [input], [output]) {
    const steps = strides(input!.shape);
    const maps = input!.shape.map((size, axis) => sources(attrs, axis, size, output!.shape[axis]!));
    fill(output!.shape, maps, steps, (at, from) => (output!.data[at] = from < 0 ? attrs.value : input!.data[from]));
  },
};

function fill(
  shape: Shape,
  maps: readonly number[][],
  steps: readonly number[],
  write: (at: number, from: number) => void,
): void {
  const walk = (axis: number, at: number, from: number): void => {
    if (axis === shape.length) return write(at, from);
    const run = elements(shape.slice(axis + 1));
    maps[axis]!.forEach((source, index) =>
      walk(axis + 1, at + index * run, source < 0 || from < 0 ? -1 : from + source * steps[axis]!),
    );
  };
  walk(0, 0, 0);
}
