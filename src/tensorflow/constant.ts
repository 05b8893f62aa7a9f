import { fail, placed } from '../error.js';
import { halvesToFloats } from '../formats/payload.js';
import type { Message } from '../formats/schema.js';
import { raiseHint } from '../limits.js';
import { elements, type Shape, type Tensor } from '../tensor.js';
import { required } from './required.js';

/**
 * A constant of the graph: half, bfloat16 and float as float32, double and every integer type and bool as
 * float64 (integers exact to 2^53). Strings have no data.
 */
export interface Constant extends Tensor<Float32Array | Float64Array> {
  /** `DT_INT32`. */
  readonly dtype: string;
  /**
   * Present where the values depend on random numbers. `data` then holds the values for the least random numbers,
   * `largest` those for the largest ones; `source` is the node that draws them.
   */
  readonly random?: { readonly largest: Float32Array | Float64Array; readonly source: string };
}

/** The largest finite float32; exporters write it, and its negative, for infinities. */
export const LARGEST_FLOAT = 3.4028234663852886e38;

const floats: ReadonlySet<string> = new Set(['DT_FLOAT', 'DT_HALF', 'DT_BFLOAT16']);

/** Whether constants of this type are stored as float32. */
export function isFloat(dtype: string): boolean {
  return floats.has(dtype);
}

/** Elements that may still be stored; see {@link withinBudget}. */
let budget = Infinity;

/**
 * Runs an import, which stores at most `count` elements of constants in all: a few bytes can ask for any number of them.
 * Throws what the import throws, and `unsupported` where it asks for more.
 */
export function withinBudget<T>(count: number, run: () => T): T {
  const before = budget;
  budget = count;
  try {
    return run();
  } finally {
    budget = before;
  }
}

/** Takes elements from the budget. Throws `model` for a number that is no size, `unsupported` where too few are left. */
export function charge(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    fail('model', '', `expected a constant of whole sizes of at least 0, got ${count} elements.`);
  if (count > budget)
    fail(
      'unsupported',
      '',
      `expected constants that fit in memory with those before them, got one of ${count} elements.`,
      raiseHint('constants'),
    );
  budget -= count;
}

/** An array for `count` values of a type. Throws as {@link charge}. */
export function storage(dtype: string, count: number): Float32Array | Float64Array {
  charge(count);
  return isFloat(dtype) ? new Float32Array(count) : new Float64Array(count);
}

/** A constant from plain numbers. */
export function constant(dtype: string, shape: Shape, values: ArrayLike<number>): Constant {
  const data = storage(dtype, values.length);
  data.set(values);
  return { dtype, shape, data };
}

/** Bytes per element in `tensor_content`, and a function that reads one element; little-endian. */
const contents: Readonly<Record<string, readonly [number, (view: DataView, at: number) => number]>> = {
  DT_FLOAT: [4, (view, at) => view.getFloat32(at, true)],
  DT_DOUBLE: [8, (view, at) => view.getFloat64(at, true)],
  DT_INT8: [1, (view, at) => view.getInt8(at)],
  DT_QINT8: [1, (view, at) => view.getInt8(at)],
  DT_UINT8: [1, (view, at) => view.getUint8(at)],
  DT_QUINT8: [1, (view, at) => view.getUint8(at)],
  DT_BOOL: [1, (view, at) => view.getUint8(at)],
  DT_INT16: [2, (view, at) => view.getInt16(at, true)],
  DT_QINT16: [2, (view, at) => view.getInt16(at, true)],
  DT_UINT16: [2, (view, at) => view.getUint16(at, true)],
  DT_QUINT16: [2, (view, at) => view.getUint16(at, true)],
  DT_INT32: [4, (view, at) => view.getInt32(at, true)],
  DT_QINT32: [4, (view, at) => view.getInt32(at, true)],
  DT_UINT32: [4, (view, at) => view.getUint32(at, true)],
  DT_INT64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  DT_UINT64: [8, (view, at) => Number(view.getBigUint64(at, true))],
};

/** The field that lists the values of a type one by one. */
const lists: Readonly<Record<string, string>> = {
  DT_FLOAT: 'float_val',
  DT_DOUBLE: 'double_val',
  DT_HALF: 'half_val',
  DT_BFLOAT16: 'half_val',
  DT_INT64: 'int64_val',
  DT_UINT32: 'uint32_val',
  DT_UINT64: 'uint64_val',
  DT_BOOL: 'bool_val',
};

/**
 * A TensorProto as numbers, in each of its storage forms: `tensor_content`, a list, a list whose last value
 * stands for the rest, an empty list (zeros). Large float contents are views of the file where they are aligned.
 * Throws `format` where shape and data do not fit, `unsupported` for complex numbers.
 */
export function readConstant(proto: Message, where: string): Constant {
  const dtype = (proto['dtype'] as string | undefined) ?? 'DT_INVALID';
  const dims = ((proto['tensor_shape'] as Message | undefined)?.['dim'] ?? []) as Message[];
  const shape = dims.map((dim) => (dim['size'] as number | undefined) ?? 0);
  if (dtype === 'DT_STRING') return { dtype, shape, data: new Float64Array(0) };
  if (contents[dtype] === undefined && !isFloat(dtype))
    fail('unsupported', where, `expected a constant of numbers, got ${dtype}.`);
  if (shape.some((size) => size < 0))
    fail('format', where, `expected a constant of known shape, got [${shape.join(', ')}].`);
  if (elements(shape) >= 2 ** 31)
    fail('format', where, `expected fewer than 2^31 elements, got shape [${shape.join(', ')}].`);
  const data = stored(dtype, shape, proto, where);
  if (data.length !== elements(shape)) {
    fail(
      'format',
      where,
      `expected ${elements(shape)} values for shape [${shape.join(', ')}], got ${data.length}.`,
      'The file may be truncated.',
    );
  }
  return { dtype, shape, data };
}

function stored(dtype: string, shape: Shape, proto: Message, where: string): Float32Array | Float64Array {
  const content = proto['tensor_content'] as Uint8Array | undefined;
  try {
    return content !== undefined && content.length > 0
      ? fromContent(dtype, content)
      : fromList(dtype, elements(shape), proto);
  } catch (error) {
    throw placed(error, () => where);
  }
}

function fromContent(dtype: string, bytes: Uint8Array): Float32Array | Float64Array {
  if (dtype === 'DT_HALF') return halvesToFloats(bytes);
  if (dtype === 'DT_BFLOAT16') return bfloat16(new Uint16Array(bytes.slice(0, bytes.length & ~1).buffer));
  if (dtype === 'DT_FLOAT' && bytes.byteOffset % 4 === 0 && bytes.length % 4 === 0) {
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 4);
  }
  const [size, read] = required(contents[dtype], `a number type, not ${dtype}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = storage(dtype, Math.floor(bytes.length / size));
  for (let index = 0; index < data.length; index++) data[index] = read(view, index * size);
  return data;
}

function fromList(dtype: string, count: number, proto: Message): Float32Array | Float64Array {
  const given = (proto[lists[dtype] ?? 'int_val'] ?? []) as ArrayLike<number | boolean>;
  const values = lists[dtype] === 'half_val' ? halfPatterns(dtype, given as ArrayLike<number>) : given;
  if (values.length > count) return storage(dtype, values.length);
  if (values.length === count && (values instanceof Float32Array || values instanceof Float64Array)) return values;
  const data = storage(dtype, count);
  const last = values.length === 0 ? 0 : Number(values[values.length - 1]);
  for (let index = 0; index < count; index++) data[index] = index < values.length ? Number(values[index]) : last;
  return data;
}

/** 16-bit patterns that the list keeps as integers. */
function halfPatterns(dtype: string, patterns: ArrayLike<number>): Float32Array {
  const bits = Uint16Array.from(patterns);
  if (dtype === 'DT_BFLOAT16') return bfloat16(bits);
  const bytes = new Uint8Array(2 * bits.length);
  bits.forEach((pattern, index) => bytes.set([pattern & 255, pattern >> 8], 2 * index));
  return halvesToFloats(bytes);
}

/** The upper half of a float32 pattern each. */
function bfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (pattern) => pattern << 16).buffer);
}
