import { broadcastShape } from '../ops/support/broadcast.js';
import { elements, type Shape } from '../tensor.js';
import { isFloat } from './constant.js';
import type { NodeDef } from './node.js';
import type { OutputState } from './output-state.js';

/** Facts about the graph under construction that decide whether a node passes an input on. */
export interface PassThroughContext {
  readonly fakeQuant: 'use' | 'ignore';
  shapeOf(state: OutputState): Shape;
}

/**
 * The activation that a node passes on unchanged, undefined if it computes something: casts between types that are
 * kept as float32, quantization ranges that are to be ignored, products and quotients with 1, and selections whose
 * condition is a constant (a dropout that keeps everything).
 */
export function passedInput(
  node: NodeDef,
  inputs: readonly OutputState[],
  context: PassThroughContext,
): OutputState | undefined {
  const [first] = inputs;
  if (node.op === 'Cast')
    return isFloating(node.attrs['DstT'] as string) && first?.kind === 'value' ? first : undefined;
  if (node.op.startsWith('FakeQuantWithMinMax')) return context.fakeQuant === 'ignore' ? first : undefined;
  const kept = neutralOperand(node.op, inputs);
  if (kept?.kind !== 'value') return undefined;
  const shape = inputs.map(context.shapeOf).reduce(broadcastShape);
  const own = context.shapeOf(kept);
  return elements(shape) === elements(own) && shape.length === own.length ? kept : undefined;
}

const isFloating = (dtype: string): boolean => isFloat(dtype) || dtype === 'DT_DOUBLE';

/** The operand that is the result because the other one is 1 everywhere. */
function neutralOperand(type: string, [first, second]: readonly OutputState[]): OutputState | undefined {
  if (type === 'Mul' && isOne(first)) return second;
  if ((type === 'Mul' || type === 'RealDiv') && isOne(second)) return first;
  return /^Select(V2)?$/.test(type) && isOne(first) ? second : undefined;
}

function isOne(state: OutputState | undefined): boolean {
  if (state?.kind !== 'constant' || state.value.random !== undefined) return false;
  return state.value.data.every((value) => value === 1);
}
