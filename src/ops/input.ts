import type { Shape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInteger } from './support/axes.js';
import { first } from './support/operands.js';

/**
 * `bytes`: the input's type holds whole numbers from 0 to 255 only. `decoded`: what the file does to the color of a decoded
 * image, 0 to 255 in RGB order, before it gives it to the input: channel c is `scale[c] * pixel[from[c]] + shift[c]`.
 */
export type InputAttrs = {
  readonly shape: Shape;
  readonly bytes?: boolean;
  readonly decoded?: {
    readonly from: readonly number[];
    readonly scale: readonly number[];
    readonly shift: readonly number[];
  };
};

/** A value that is fed. One node for each: a Caffe layer with several tops becomes several nodes. */
export const input: Op<InputAttrs> = {
  name: 'input',
  caffe: {
    types: ['Input'],
    attributes(layer) {
      const shapes: { dim: number[] }[] = layer.param('input_param')['shape'];
      const shape = shapes[0] ?? layer.fail('expected input_param with a shape, got none.');
      return { shape: shape.dim.map(Number) };
    },
  },
  shape({ shape }) {
    shape.forEach((size) => expectInteger('input sizes', size, 1));
    return [shape];
  },
  rule: () => ({ kind: 'input' }),
  reference(_node, inputs, outputs) {
    if (inputs.length > 0) first(outputs).data.set(first(inputs).data);
  },
};
