import { fail } from '../../error.js';
import { elements, formatShape, type Shape, type Tensor } from '../../tensor.js';
import { expectInputs, expectInteger, resolveAxis, sameShape } from './axes.js';
import { atLeast, first } from './operands.js';

/** The axes a scale or bias covers: `numAxes` from `axis` on; -1: all that follow; 0: one value for everything. */
export type CoverAttrs = { readonly axis: number; readonly numAxes?: number };

/** Sizes of the axes that a parameter covers. Throws where there are not so many. */
export function coveredShape({ axis, numAxes = 1 }: CoverAttrs, input: Shape): Shape {
  const begin = resolveAxis(axis, input.length);
  expectInteger('num_axes', numAxes, -1);
  if (begin + numAxes > input.length)
    fail('model', '', `expected at most ${input.length - begin} axes from axis ${begin} on, got num_axes ${numAxes}.`);
  return numAxes === -1 ? input.slice(begin) : input.slice(begin, begin + numAxes);
}

/** Rejects a second input that does not cover axes of the first. */
function expectCovering(attrs: CoverAttrs, input: Shape, factor: Shape): void {
  const begin = factor.length === 0 ? 0 : resolveAxis(attrs.axis, input.length);
  if (!sameShape(input.slice(begin, begin + factor.length), factor)) {
    fail(
      'model',
      '',
      `expected a second input with the sizes of ${formatShape(input)} from axis ${begin} on, got ${formatShape(factor)}.`,
    );
  }
}

/** For an input element's index the index of the covering parameter's element. */
function covering({ axis }: CoverAttrs, input: Shape, covered: Shape): (index: number) => number {
  const count = elements(covered);
  if (covered.length === 0) return () => 0;
  const inner = elements(input.slice(resolveAxis(axis, input.length) + covered.length));
  return (index) => Math.floor(index / inner) % count;
}

/** The `shape` of an op whose constant, or second input, covers axes of its first input. */
export function coverShape(attrs: CoverAttrs, inputs: readonly Shape[]): readonly [Shape] {
  const [input, second] = expectInputs(inputs, 1, 2);
  if (second === undefined) coveredShape(attrs, input);
  else expectCovering(attrs, input, second);
  return [input];
}

/** The input, the tensor that covers axes of it (the second input, or the constant), and the index of its element for each of the input's. */
export function coveredOperands(
  attrs: CoverAttrs,
  inputs: readonly Tensor<any>[],
  constants: readonly Tensor[],
): { readonly input: Tensor<any>; readonly cover: Tensor<any>; readonly at: (index: number) => number } {
  const [input, second] = atLeast(inputs, 1);
  const shape = second?.shape ?? coveredShape(attrs, input.shape);
  return { input, cover: second ?? first(constants), at: covering(attrs, input.shape, shape) };
}
