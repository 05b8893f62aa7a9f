import { fail } from '../error.js';
import { elements, formatShape, strides } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';

/** From `axis` on the output takes the second input's sizes, beginning at `offsets`: none, one for all, or one each. */
export type CropAttrs = { readonly axis: number; readonly offsets: readonly number[] };

/** Where the output begins in the first input, per axis. */
function begins({ axis, offsets }: CropAttrs, rank: number): number[] {
  const first = resolveAxis(axis, rank);
  if (offsets.length > 1 && offsets.length !== rank - first) {
    fail('model', '', `expected 1 offset or one for each of ${rank - first} axes, got ${offsets.length}.`);
  }
  return Array.from({ length: rank }, (_, i) =>
    i < first ? 0 : offsets.length > 1 ? offsets[i - first]! : (offsets[0] ?? 0),
  );
}

/** A part of the first input, of the second one's size; the second one's elements do not matter. */
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
    expectInputs(inputs, 2);
    const [input, model] = [inputs[0]!, inputs[1]!];
    if (input.length !== model.length)
      fail(
        'model',
        '',
        `expected two inputs of ${input.length} axes, got ${formatShape(input)} and ${formatShape(model)}.`,
      );
    const first = resolveAxis(attrs.axis, input.length);
    const shape = input.map((size, i) => (i < first ? size : model[i]!));
    begins(attrs, input.length).forEach((begin, i) => {
      if (begin + shape[i]! > input[i]!)
        fail(
          'model',
          '',
          `expected at least ${begin + shape[i]!} elements along axis ${i}, got ${formatShape(input)}.`,
        );
    });
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs }, [input], [output]) {
    const steps = strides(input!.shape);
    const rank = steps.length;
    const from = begins(attrs, rank);
    const run = output!.shape[rank - 1]!;
    for (let to = 0; to < elements(output!.shape); to += run) {
      let [at, rest] = [from[rank - 1]!, to / run];
      for (let axis = rank - 2; axis >= 0; axis--) {
        at += (from[axis]! + (rest % output!.shape[axis]!)) * steps[axis]!;
        rest = Math.floor(rest / output!.shape[axis]!);
      }
      output!.data.set(input!.data.subarray(at, at + run), to);
    }
  },
};
