import { fail } from '../error.js';
import { elements, formatShape, type Shape, type Tensor, type TypedArray } from '../tensor.js';

/** The element types that {@link writeNpy} writes. */
export type NpyWritable = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array;

/** The header of an array, and the offset of its values. */
interface Header {
  readonly type: ElementType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  readonly dataOffset: number;
}

interface ElementType {
  readonly bytes: number;
  /** Whether values must be checked: not every one fits the typed array. */
  readonly checked?: true;
  allocate(count: number): TypedArray;
  /** Present where the bytes of an element in the file are those in the typed array. */
  view?(buffer: ArrayBufferLike, offset: number, count: number): TypedArray;
  get(view: DataView, offset: number, littleEndian: boolean): number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The float32 NaN that is written for every NaN, since runtimes choose sign and payload of theirs: NumPy's. */
const NAN_BITS = 0x7fc00000;

/** NumPy pads the header so that its first axis can grow to this many digits. */
const GROWTH_DIGITS = 21;

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  f4: {
    bytes: 4,
    allocate: (count) => new Float32Array(count),
    view: (buffer, offset, count) => new Float32Array(buffer, offset, count),
    get: (view, offset, little) => view.getFloat32(offset, little),
  },
  f8: {
    bytes: 8,
    allocate: (count) => new Float64Array(count),
    view: (buffer, offset, count) => new Float64Array(buffer, offset, count),
    get: (view, offset, little) => view.getFloat64(offset, little),
  },
  u1: {
    bytes: 1,
    allocate: (count) => new Uint8Array(count),
    view: (buffer, offset, count) => new Uint8Array(buffer, offset, count),
    get: (view, offset) => view.getUint8(offset),
  },
  i1: {
    bytes: 1,
    allocate: (count) => new Int8Array(count),
    view: (buffer, offset, count) => new Int8Array(buffer, offset, count),
    get: (view, offset) => view.getInt8(offset),
  },
  i2: {
    bytes: 2,
    allocate: (count) => new Int16Array(count),
    view: (buffer, offset, count) => new Int16Array(buffer, offset, count),
    get: (view, offset, little) => view.getInt16(offset, little),
  },
  i4: {
    bytes: 4,
    allocate: (count) => new Int32Array(count),
    view: (buffer, offset, count) => new Int32Array(buffer, offset, count),
    get: (view, offset, little) => view.getInt32(offset, little),
  },
  // Numbers beyond 2^53 do not fit a float64; readNpy refuses them.
  i8: {
    bytes: 8,
    checked: true,
    allocate: (count) => new Float64Array(count),
    get: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  },
};

/** Whether the bytes begin as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a `.npy` file (format 1, 2 or 3) of float32, float64, uint8, int8, int16, int32 or int64 values, either byte
 * order, C or Fortran order; the result is in C order. int64 becomes float64 and must stay below 2^53. The data may be
 * a view on `bytes`. `where` names the file in errors. Throws `format`.
 */
export function readNpy(bytes: Uint8Array, where: string): Tensor<TypedArray> {
  const header = readHeader(bytes, where);
  const { type } = header;
  const count = elements(header.shape);
  const missing = header.dataOffset + count * type.bytes - bytes.length;
  if (missing > 0) {
    fail(
      'format',
      where,
      `expected ${count * type.bytes} bytes of values from byte ${header.dataOffset}, got ${bytes.length - header.dataOffset}.`,
      'The file is truncated.',
    );
  }
  const values = readValues(bytes, header, count);
  if (type.checked === true) checkSafe(values, header.dataOffset, where);
  return { shape: header.shape, data: header.fortranOrder ? toRowMajor(values, header.shape, type) : values };
}

/** {@link readNpy}, with the values as float32 (rounded to nearest, ties to even, where they are not). */
export function readNpyFloat32(bytes: Uint8Array, where: string): Tensor {
  const { shape, data } = readNpy(bytes, where);
  return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** A `.npy` file of format 1, little-endian, C order, byte for byte as NumPy writes it. Every NaN has the same bits. */
export function writeNpy(tensor: Tensor<NpyWritable>): Uint8Array {
  const { shape, data } = tensor;
  if (elements(shape) !== data.length) {
    fail(
      'internal',
      'npy',
      `expected ${elements(shape)} values for the shape ${formatShape(shape)}, got ${data.length}.`,
    );
  }
  const header = formatHeader(typeString(data), shape);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  if (data instanceof Float32Array) writeNans(data, new DataView(bytes.buffer, header.length));
  return bytes;
}

function writeNans(data: Float32Array, view: DataView): void {
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) view.setUint32(i * 4, NAN_BITS, true);
}

function readHeader(bytes: Uint8Array, where: string): Header {
  if (!isNpy(bytes))
    fail('format', where, 'expected a .npy array, got something else at byte 0.', 'Save it with numpy.save.');
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3) {
    fail('format', `${where} at byte 6`, `expected .npy format 1, 2 or 3, got ${version ?? 'the end of the file'}.`);
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start)
    fail('format', `${where} at byte ${bytes.length}`, 'expected the length of the header, got the end of the file.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataOffset = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataOffset > bytes.length) {
    fail(
      'format',
      `${where} at byte ${bytes.length}`,
      `expected a header up to byte ${dataOffset}, got the end of the file.`,
      'The file is truncated.',
    );
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.slice(start, dataOffset));
  return { ...parseHeader(text, `${where} at byte ${start}`), dataOffset };
}

/** Reads the Python dictionary of the header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(text: string, where: string): Omit<Header, 'dataOffset'> {
  const descr = /['"]descr['"]\s*:\s*['"]([<>=|]?)(\w+)['"]/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\s\d,L]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    fail(
      'format',
      where,
      `expected a header with a plain descr, fortran_order and shape, got ${JSON.stringify(text.trim().slice(0, 80))}.`,
      'Save a plain array of numbers.',
    );
  }
  const [, byteOrder = '', typeName = ''] = descr;
  const type = Object.hasOwn(ELEMENT_TYPES, typeName) ? ELEMENT_TYPES[typeName] : undefined;
  if (type === undefined) {
    fail(
      'format',
      where,
      `expected values of one of ${Object.keys(ELEMENT_TYPES).join(', ')}, got ${byteOrder}${typeName}.`,
      'Save them as float32.',
    );
  }
  const [, list = ''] = shape;
  const sizes = (list.match(/\d+/g) ?? []).map(Number);
  if (!Number.isSafeInteger(elements(sizes) * 8))
    fail('format', where, `expected a shape that fits memory, got ${formatShape(sizes)}.`);
  return { type, bigEndian: byteOrder === '>', fortranOrder: order[1] === 'True', shape: sizes };
}

function readValues(bytes: Uint8Array, header: Header, count: number): TypedArray {
  const { type } = header;
  const offset = bytes.byteOffset + header.dataOffset;
  if (type.view !== undefined && (type.bytes === 1 || (!header.bigEndian && littleEndianHost))) {
    if (offset % type.bytes === 0) return type.view(bytes.buffer, offset, count);
    return type.view(
      new Uint8Array(bytes.subarray(header.dataOffset, header.dataOffset + count * type.bytes)).buffer,
      0,
      count,
    );
  }
  const view = new DataView(bytes.buffer, offset, count * type.bytes);
  const values = type.allocate(count);
  for (let i = 0; i < count; i++) values[i] = type.get(view, i * type.bytes, !header.bigEndian);
  return values;
}

const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function checkSafe(values: TypedArray, dataOffset: number, where: string): void {
  const unsafe = values.findIndex((value: number) => !Number.isSafeInteger(value));
  if (unsafe >= 0)
    fail(
      'format',
      `${where} at byte ${dataOffset + unsafe * 8}`,
      `expected an integer below 2^53, got ${values[unsafe]}.`,
      'Save it as float32.',
    );
}

/** Column-major values in row-major order. */
function toRowMajor(values: TypedArray, shape: Shape, type: ElementType): TypedArray {
  const result = type.allocate(values.length);
  const index = new Array<number>(shape.length).fill(0);
  const steps = shape.map((_, axis) => elements(shape.slice(0, axis)));
  for (let i = 0, from = 0; i < values.length; i++) {
    result[i] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

function typeString(data: NpyWritable): string {
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Int8Array) return '|i1';
  return data instanceof Int16Array ? '<i2' : '<i4';
}

function formatHeader(type: string, shape: Shape): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const growth = shape.length === 0 ? 0 : GROWTH_DIGITS - String(shape[0]).length;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }${' '.repeat(growth)}`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  if (total - 10 > 0xffff) fail('internal', 'npy', `expected a shape of a sensible rank, got ${shape.length} axes.`);
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set([...MAGIC, 1, 0, (total - 10) & 255, (total - 10) >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[total - 1] = 0x0a;
  return bytes;
}
