import { fail } from '../error.js';
import { elements, formatShape, type Shape } from '../tensor.js';
import type { CaffeLayer, Op, TensorFlowNode } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';
import { copyElements } from './support/elementwise.js';
import { constantList } from './support/tensorflow.js';

/**
 * `dims` replace `numAxes` axes (-1: all) from `axis` on; a negative `axis` counts from one past the last.
 * Among them 0 keeps the input's size, one -1 takes the remaining elements.
 */
export type ReshapeAttrs = { readonly dims: readonly number[]; readonly axis: number; readonly numAxes: number };

/** The axes that are replaced, `first` to `end`. */
function range({ axis, numAxes }: ReshapeAttrs, rank: number): [number, number] {
  const first = axis < 0 ? axis + rank + 1 : axis;
  if (first < 0 || first > rank) fail('model', '', `expected axis from ${-rank - 1} to ${rank}, got ${axis}.`);
  const end = numAxes === -1 ? rank : first + numAxes;
  if (numAxes < -1 || end > rank) fail('model', '', `expected num_axes from -1 to ${rank - first}, got ${numAxes}.`);
  return [first, end];
}

function infer(dims: readonly number[], input: Shape, first: number, end: number): number[] {
  const copied = dims.map((size, i) =>
    size === 0
      ? (input[first + i] ??
        fail('model', '', `expected at most ${input.length} axes to copy, got dim 0 at ${first + i}.`))
      : size,
  );
  if (copied.some((size) => size < -1) || copied.filter((size) => size === -1).length > 1) {
    fail('model', '', `expected sizes of at least 0 and at most one -1, got ${dims.join(', ')}.`);
  }
  const known = copied.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return copied.map((size) => (size === -1 ? elements(input.slice(first, end)) / known : size));
}

/** The shape that a TensorFlow node states; undefined if it depends on the network's input. */
function tensorFlowDims(node: TensorFlowNode): readonly number[] | undefined {
  const input = node.inputShape(0);
  if (node.type === 'Squeeze') {
    const stated: number | readonly number[] = node.attr('squeeze_dims') ?? node.attr('axis') ?? [];
    const axes = [stated].flat().map((axis) => resolveAxis(axis, input.length));
    return input.filter((size, axis) => size !== 1 || (axes.length > 0 && !axes.includes(axis)));
  }
  const given = constantList(node, 1);
  if (given === undefined || node.type === 'Reshape') return given;
  const at = resolveAxis(given[0] ?? 0, input.length + 1);
  return [...input.slice(0, at), 1, ...input.slice(at)];
}

/**
 * The dims for one image where the first of them states the batch of the file, or a multiple of it. Dims that fit one
 * image stay as they are, unless the first one is the batch and another is left open (-1).
 */
function dimsOfOneImage({ dims, axis }: ReshapeAttrs, { batch, bottoms }: CaffeLayer): readonly number[] {
  const [first = 0, ...others] = dims;
  const [input = []] = bottoms;
  if (batch === 1 || axis !== 0 || first <= 0 || first % batch !== 0) return dims;
  const copied = dims.map((size, index) => (size === 0 ? (input[index] ?? 0) : size));
  const known = elements(copied.filter((size) => size !== -1));
  const isOpen = copied.includes(-1);
  const fits = isOpen ? elements(input) % known === 0 && first !== batch : elements(input) === known;
  return fits ? dims : [first / batch, ...others];
}

/** Other sizes for the same elements in the same order. */
export const reshape: Op<ReshapeAttrs> = {
  name: 'reshape',
  caffe: {
    types: ['Reshape'],
    attributes(layer) {
      const message = layer.param('reshape_param');
      const attrs = { dims: message['shape'].dim.map(Number), axis: message['axis'], numAxes: message['num_axes'] };
      return { ...attrs, dims: dimsOfOneImage(attrs, layer) };
    },
  },
  tensorflow: {
    types: ['Reshape', 'Squeeze', 'ExpandDims'],
    read(node) {
      const dims = tensorFlowDims(node);
      return dims === undefined ? undefined : { attrs: { dims, axis: 0, numAxes: -1 }, inputs: [0], params: [] };
    },
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const [first, end] = range(attrs, input.length);
    const shape = [...input.slice(0, first), ...infer(attrs.dims, input, first, end), ...input.slice(end)];
    if (elements(shape) !== elements(input) || !shape.every(Number.isInteger)) {
      fail(
        'model',
        '',
        `expected a shape with the ${elements(input)} elements of ${formatShape(input)}, got ${attrs.dims.join('x')}.`,
      );
    }
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference: copyElements,
};
