/** Sizes of a tensor, outermost first; the number of elements is their product (1 for a scalar). */
export type Shape = readonly number[];

/** The order of a 4-D activation's axes. Weights are always OIHW, whichever framework they come from. */
export type Layout = 'NCHW' | 'NHWC';

/** The element types of arrays, weights, activations and codes. */
export type TypedArray = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array;

/** A typed array with a shape, row-major. `data.length` is the product of `shape`. */
export interface Tensor<T extends TypedArray = Float32Array> {
  readonly shape: Shape;
  readonly data: T;
}

/** Number of elements of a shape. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A float32 tensor of zeros. */
export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float32Array(elements(shape)) };
}

/** Whether an array is in shared memory, which threads see without a copy. */
export function isShared({ buffer }: Float32Array): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}

/** Zeros of another array's length, in shared memory where it is. */
export function zerosLike(data: Float32Array): Float32Array {
  const { byteLength } = data;
  return new Float32Array(isShared(data) ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength));
}

/** `1x3x224x224`, as people write shapes. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** Row-major strides in elements. */
export function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= shape[axis]!;
  }
  return result;
}

/** The axis that holds the channels of an activation of this rank and layout (the last axis below rank 2). */
export function channelAxis(rank: number, layout: Layout): number {
  return layout === 'NCHW' ? Math.min(1, rank - 1) : rank - 1;
}

/** Numbers in shared memory, which all threads see: a copy, or `data` itself where it is shared already or there is no such memory. */
export function sharedFloats(data: Float32Array): Float32Array {
  if (typeof SharedArrayBuffer !== 'function' || isShared(data)) return data;
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}
