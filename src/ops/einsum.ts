import { fail } from '../error.js';
import { elements, type Shape, strides } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';

/** One letter for each axis of the two operands and of the result, `abc,cd->abd`; axes that are not in the result are summed. */
export type EinsumAttrs = { readonly operands: readonly [string, string]; readonly result: string };

/** Letters for batch axes that an equation leaves to `...`; equations use lower and upper case letters. */
const BATCH_LETTERS = '0123456789';

/** The equation of a matrix product with broadcast batches. */
function matrixProduct(node: TensorFlowNode): EinsumAttrs {
  const isTransposed = (...names: string[]): boolean => names.some((name) => node.attr(name) === true);
  const left = isTransposed('transpose_a', 'adj_x') ? '...ki' : '...ik';
  const right = isTransposed('transpose_b', 'adj_y') ? '...jk' : '...kj';
  return expanded(node, [left, right], '...ij');
}

function readEquation(node: TensorFlowNode): EinsumAttrs | undefined {
  const equation = String(node.attr('equation') ?? '').replaceAll(' ', '');
  const [inputs = '', result] = equation.split('->');
  const [left, right, ...others] = inputs.split(',');
  if (left === undefined || right === undefined || others.length > 0 || result === undefined) return undefined;
  // A letter twice in an operand means its diagonal.
  const isPlain = [left, right, result].every(
    (term) => new Set(term.replace('...', '')).size === term.replace('...', '').length,
  );
  return isPlain ? expanded(node, [left, right], result) : undefined;
}

/** The equation with letters for `...`, the last batch axes of both operands aligned. */
function expanded(node: TensorFlowNode, terms: readonly [string, string], result: string): EinsumAttrs {
  const batches = terms.map((term, index) => {
    const named = term.replace('...', '').length;
    const rank = node.inputShape(index).length;
    const extra = rank - named;
    if (extra < 0 || (extra > 0 && !term.includes('...')))
      node.fail(`expected an operand of ${named} axes for "${term}", got ${rank}.`);
    return BATCH_LETTERS.slice(BATCH_LETTERS.length - extra, BATCH_LETTERS.length);
  });
  const longest = batches.reduce((a, b) => (a.length >= b.length ? a : b), '');
  const [left, right] = terms.map((term, index) => term.replace('...', batches[index] ?? ''));
  return { operands: [left ?? '', right ?? ''], result: result.replace('...', longest) };
}

function read(node: TensorFlowNode): TensorFlowReading<EinsumAttrs> | undefined {
  if (node.inputCount !== 2) return undefined;
  const attrs = node.type === 'Einsum' ? readEquation(node) : matrixProduct(node);
  return attrs === undefined ? undefined : { attrs, inputs: [0, 1], params: [] };
}

/** Size of each letter; a batch axis of size 1 stretches. */
function sizesOf({ operands }: EinsumAttrs, inputs: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((term, index) =>
    [...term].forEach((letter, axis) => {
      const [known = 1, size = 1] = [sizes.get(letter), inputs[index]?.[axis]];
      const stretches = BATCH_LETTERS.includes(letter) && (known === 1 || size === 1);
      if (sizes.has(letter) && known !== size && !stretches)
        fail('model', '', `expected operands that fit, got ${inputs.map((shape) => shape.join('x')).join(' and ')}.`);
      sizes.set(letter, Math.max(known, size));
    }),
  );
  return sizes;
}

/** Distance in an operand between neighbours along a letter; 0 where it does not have it or is stretched. */
function stepsOf(term: string, shape: Shape, letters: readonly string[]): number[] {
  const own = strides(shape);
  return letters.map((letter) => {
    const axis = term.indexOf(letter);
    return axis < 0 || shape[axis] === 1 ? 0 : own[axis]!;
  });
}

/** Calls `visit` with the offsets of both operands for every index along these letters, the last letter fastest. */
function forEachIndex(
  sizes: readonly number[],
  left: readonly number[],
  right: readonly number[],
  visit: (left: number, right: number) => void,
): void {
  const walk = (axis: number, a: number, b: number): void => {
    if (axis === sizes.length) return visit(a, b);
    for (let index = 0; index < sizes[axis]!; index++)
      walk(axis + 1, a + index * left[axis]!, b + index * right[axis]!);
  };
  walk(0, 0, 0);
}

/** Sums of products of two operands along named axes: matrix products, attention, projections. In double, rounded once. */
export const einsum: Op<EinsumAttrs> = {
  name: 'einsum',
  tensorflow: { types: ['MatMul', 'BatchMatMul', 'BatchMatMulV2', 'BatchMatMulV3', 'Einsum'], read },
  shape(attrs, inputs) {
    expectInputs(inputs, 2);
    const sizes = sizesOf(attrs, inputs);
    return [
      [...attrs.result].map((letter) => sizes.get(letter) ?? fail('model', '', `no operand has axis "${letter}".`)),
    ];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, inputs, [output]) {
    const { operands, result } = attrs;
    const shapes = inputs.map((input) => input.shape);
    const sizes = sizesOf(attrs, shapes);
    const [kept, summed] = [[...result], [...sizes.keys()].filter((letter) => !result.includes(letter))];
    const [left, right] = [inputs[0]!.data, inputs[1]!.data];
    const steps = (index: 0 | 1, letters: readonly string[]): number[] =>
      stepsOf(operands[index], shapes[index]!, letters);
    const count = (letters: readonly string[]): number[] => letters.map((letter) => sizes.get(letter)!);
    const [a, b] = [steps(0, summed), steps(1, summed)];
    const depths = count(summed);
    let at = 0;
    forEachIndex(count(kept), steps(0, kept), steps(1, kept), (p, q) => {
      let sum = 0;
      if (depths.length === 1) for (let k = 0; k < depths[0]!; k++) sum += left[p + k * a[0]!] * right[q + k * b[0]!];
      else forEachIndex(depths, a, b, (u, v) => (sum += left[p + u] * right[q + v]));
      output!.data[at++] = sum;
    });
  },
  macs: ({ attrs }, { inputs }) => elements([...sizesOf(attrs, inputs).values()]),
};
