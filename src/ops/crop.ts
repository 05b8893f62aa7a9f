import { fail } from '../error.js';
import { formatShape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, resolveAxis, sizeAlong } from './support/axes.js';
import { gather, range } from './support/gather.js';
import { oneToOne } from './support/operands.js';

/** From `axis` on the output takes the second input's sizes, beginning at `offsets`: none, one for all, or one each. */
export type CropAttrs = { readonly axis: number; readonly offsets: readonly number[] };

/** The index in the first input at which the output begins, for each axis. */
function beginnings({ axis, offsets }: CropAttrs, rank: number): number[] {
  const kept = resolveAxis(axis, rank);
  if (offsets.length > 1 && offsets.length !== rank - kept) {
    fail('model', '', `expected 1 offset or one for each of ${rank - kept} axes, got ${offsets.length}.`);
  }
  const [shared = 0] = offsets;
  const cropped = offsets.length > 1 ? offsets : Array.from({ length: rank - kept }, () => shared);
  return [...Array.from({ length: kept }, () => 0), ...cropped];
}

/** A part of the first input, with the sizes of the second input, whose elements are not read. */
export const crop: Op<CropAttrs> = {
  name: 'crop',
  reads: () => 1,
  caffe: {
    types: ['Crop'],
    attributes(layer) {
      const message = layer.param('crop_param');
      return { axis: message['axis'], offsets: [...message['offset']] };
    },
  },
  shape(attrs, inputs) {
    const [input, model] = expectInputs(inputs, 2);
    if (input.length !== model.length)
      fail(
        'model',
        '',
        `expected two inputs of ${input.length} axes, got ${formatShape(input)} and ${formatShape(model)}.`,
      );
    const kept = resolveAxis(attrs.axis, input.length);
    const shape = [...input.slice(0, kept), ...model.slice(kept)];
    const from = beginnings(attrs, input.length);
    input.forEach((size, axis) => {
      const end = sizeAlong(from, axis) + sizeAlong(shape, axis);
      if (end > size)
        fail('model', '', `expected at least ${end} elements along axis ${axis}, got ${formatShape(input)}.`);
    });
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const from = beginnings(attrs, input.shape.length);
    gather(
      input,
      output,
      output.shape.map((size, axis) => range(sizeAlong(from, axis), size)),
    );
  }),
};
