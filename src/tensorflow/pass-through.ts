import { broadcastShape } from '../ops/support/broadcast.js';
import { elements, type Shape } from '../tensor.js';
import { attributeOf } from './attributes.js';
import { isFloat, LARGEST_FLOAT } from './constant.js';
import type { NodeDef } from './node.js';
import type { OutputState } from './output-state.js';

/** Facts about the graph under construction that decide whether a node passes an input on. */
export interface PassThroughContext {
  readonly fakeQuant: 'use' | 'ignore';
  shapeOf(state: OutputState): Shape;
}

/**
 * The activation that a node passes on unchanged, undefined if it computes something: casts between types that are
 * kept as float32, quantization ranges that are to be ignored, products and quotients with 1, limits at infinity, and
 * selections whose condition is a constant (a dropout that keeps everything).
 */
export function passedInput(
  node: NodeDef,
  inputs: readonly OutputState[],
  context: PassThroughContext,
): OutputState | undefined {
  const [first] = inputs;
  if (node.op === 'Cast')
    return isFloating(attributeOf(node, 'DstT') as string) && first?.kind === 'value' ? first : undefined;
  if (/^(FakeQuantWithMinMax|QuantizeAndDequantize)/.test(node.op))
    return context.fakeQuant === 'ignore' ? first : undefined;
  const kept = neutralOperand(node.op, inputs);
  if (kept?.kind !== 'value') return undefined;
  const shape = inputs.map(context.shapeOf).reduce(broadcastShape);
  const own = context.shapeOf(kept);
  return elements(shape) === elements(own) && shape.length === own.length ? kept : undefined;
}

const isFloating = (dtype: string): boolean => isFloat(dtype) || dtype === 'DT_DOUBLE';

/** The operand that is the result because the other one changes nothing: 1 everywhere, or a limit beyond all floats. */
function neutralOperand(type: string, [first, second]: readonly OutputState[]): OutputState | undefined {
  const isOne = (value: number): boolean => value === 1;
  if (/^Select(V2)?$/.test(type) && isAll(first, isOne)) return second;
  if (type === 'RealDiv') return isAll(second, isOne) ? first : undefined;
  const isNeutral = neutral.get(type);
  if (isNeutral === undefined) return undefined;
  if (isAll(first, isNeutral)) return second;
  return isAll(second, isNeutral) ? first : undefined;
}

/** Elements that change nothing as an operand of a commutative type. */
const neutral: ReadonlyMap<string, (value: number) => boolean> = new Map([
  ['Mul', (value: number) => value === 1],
  ['Minimum', (value: number) => value >= LARGEST_FLOAT],
  ['Maximum', (value: number) => value <= -LARGEST_FLOAT],
]);

function isAll(state: OutputState | undefined, holds: (value: number) => boolean): boolean {
  if (state?.kind !== 'constant' || state.value.random !== undefined) return false;
  return state.value.data.length > 0 && state.value.data.every(holds);
}
