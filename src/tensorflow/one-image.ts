import type { Shape } from '../tensor.js';
import { elements } from '../tensor.js';
import { type Constant, constant } from './constant.js';
import { isElementwise } from './evaluate.js';
import { constantState, type OutputState } from './output-state.js';

// A file may state that several images are fed at once. The network is run image by image, so that batch is 1 where the
// file's constants say more.

/** Types that join operands of one shape. */
const joining: ReadonlySet<string> = new Set(['Concat', 'ConcatV2', 'Pack', 'AddN', 'Select', 'SelectV2']);

/** The inputs of a node, with one image of constants that hold the same for every image of the batch. */
export function inputsOfOneImage(
  type: string,
  inputs: readonly OutputState[],
  batch: number,
  shapeOf: (state: OutputState) => Shape,
): readonly OutputState[] {
  if (batch === 1 || !(joining.has(type) || isElementwise(type))) return inputs;
  const ranks = new Set(
    inputs.filter((state) => state.kind === 'value' && shapeOf(state)[0] === 1).map((state) => shapeOf(state).length),
  );
  return inputs.map((state) => {
    if (state.kind !== 'constant' || !ranks.has(state.value.shape.length)) return state;
    const one = firstOfEqual(state.value, batch);
    return one === undefined ? state : constantState(one);
  });
}

/** The first image of a constant that is the same for each; undefined for others. */
function firstOfEqual({ dtype, shape, data }: Constant, batch: number): Constant | undefined {
  const [images, ...sizes] = shape;
  if (images !== batch || sizes.length === 0) return undefined;
  const size = elements(sizes);
  return data.every((value, index) => value === data[index % size])
    ? { dtype, shape: [1, ...sizes], data: data.slice(0, size) }
    : undefined;
}

/** A constant input that states sizes, as it is for one image. `input`: the shape of the node's data for one image. */
export function sizesOfOneImage(type: string, index: number, stated: Constant, input: Shape, batch: number): Constant {
  const [first = 0, ...rest] = stated.data;
  if (batch === 1 || input[0] !== 1) return stated;
  if (type === 'Reshape' && index === 1) {
    if (first <= 0 || first % batch !== 0 || first * elements(rest) === elements(input)) return stated;
    return constant(stated.dtype, stated.shape, [first / batch, ...rest]);
  }
  const isSize = (type === 'Slice' && index === 2) || (type === 'BroadcastTo' && index === 1);
  return isSize && first === batch ? constant(stated.dtype, stated.shape, [1, ...rest]) : stated;
}
