import { fail } from '../error.js';
import { resolveAxis } from '../ops/support/axes.js';
import { broadcastShape, forEachBroadcast } from '../ops/support/broadcast.js';
import { binaryFunctions, unaryFunctions } from '../ops/support/scalar-functions.js';
import { isInteger, predicates } from '../ops/support/tensorflow-elementwise.js';
import { elements, formatShape, type Shape } from '../tensor.js';
import { type Constant, constant, storage } from './constant.js';
import { required } from './required.js';

const resultType = (name: string, dtype: string): string => (predicates.has(name) ? 'DT_BOOL' : dtype);

/** Number of elements of a shape that a file states. Throws `model` for sizes that are not whole or below 0. */
function sizeOf(shape: Shape): number {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail('model', '', `expected sizes of at least 0, got ${formatShape(shape)}.`);
  return elements(shape);
}

/** A constant of equal elements. */
export function filled(dtype: string, shape: Shape, value: number): Constant {
  const data = storage(dtype, sizeOf(shape));
  data.fill(value);
  return { dtype, shape, data };
}

/** A constant as another type: to an integer type elements are truncated, to bool they become 0 or 1. */
export function cast(input: Constant, dtype: string): Constant {
  if (dtype === 'DT_BOOL') return mapElements(dtype, input, (value) => Number(value !== 0));
  return mapElements(dtype, input, isInteger(dtype) ? Math.trunc : (value) => value);
}

/** The function of this name in `unaryFunctions` on every element. */
export function mapUnary(name: string, input: Constant): Constant {
  return mapElements(resultType(name, input.dtype), input, required(unaryFunctions[name], `a function "${name}"`));
}

function mapElements(dtype: string, { shape, data: from }: Constant, compute: (value: number) => number): Constant {
  const data = storage(dtype, from.length);
  for (let index = 0; index < data.length; index++) data[index] = compute(from[index]!);
  return { dtype, shape, data };
}

/** The function of this name in `binaryFunctions` on two broadcast operands; integers are divided towards zero. */
export function mapBinary(name: string, a: Constant, b: Constant): Constant {
  const shape = broadcastShape(a.shape, b.shape);
  const key = name === 'div' && isInteger(a.dtype) ? 'truncate-div' : name;
  const compute = required(binaryFunctions[key], `a function "${key}"`);
  const dtype = resultType(name, a.dtype);
  const data = storage(dtype, elements(shape));
  forEachBroadcast(shape, [a.shape, b.shape], (at, [left, right]) => {
    data[at] = Number(compute(a.data[left!]!, b.data[right!]!));
  });
  return { dtype, shape, data };
}

/** Elements of `yes` where the condition holds, of `no` elsewhere; a vector of conditions stands for the leading axis. */
export function choose(condition: Constant, yes: Constant, no: Constant): Constant {
  const isRows = condition.shape.length === 1 && yes.shape.length > 1;
  const rows = isRows ? [...condition.shape, ...yes.shape.slice(1).map(() => 1)] : condition.shape;
  const shape = [yes.shape, no.shape].reduce(broadcastShape, rows);
  const data = storage(yes.dtype, elements(shape));
  forEachBroadcast(shape, [rows, yes.shape, no.shape], (at, [c, y, n]) => {
    data[at] = condition.data[c!]! !== 0 ? yes.data[y!]! : no.data[n!]!;
  });
  return { dtype: yes.dtype, shape, data };
}

/** Groups of elements along the axes, each combined to one; integers are truncated. `keepAxes`: the axes stay with size 1. */
export function reduceConstant(
  input: Constant,
  axesGiven: Constant,
  keepAxes: boolean,
  combine: (values: readonly number[]) => number,
): Constant {
  const axes = new Set(Array.from(axesGiven.data, (axis) => resolveAxis(axis, input.shape.length)));
  const kept = input.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  const groups: number[][] = Array.from({ length: elements(kept) }, () => []);
  forEachBroadcast(input.shape, [kept], (at, [group]) => groups[group!]!.push(input.data[at]!));
  const values = groups.map(combine);
  return constant(
    input.dtype,
    keepAxes ? kept : input.shape.filter((_, axis) => !axes.has(axis)),
    isInteger(input.dtype) ? values.map(Math.trunc) : values,
  );
}
