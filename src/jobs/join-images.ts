import { fail } from '../error.js';
import type { Tensor, TypedArray } from '../tensor.js';

/** The tensors of several images, of one shape and type, joined along the first axis. Throws `internal` for no image. */
export function joinImages<T extends TypedArray>(images: readonly Tensor<T>[]): Tensor<T> {
  const [first] = images;
  if (first === undefined) return fail('internal', 'images', 'expected at least one image, got none.');
  if (images.length === 1) return first;
  const data = new (first.data.constructor as new (length: number) => T)(first.data.length * images.length);
  images.forEach((image, index) => data.set(image.data, index * first.data.length));
  return { shape: [(first.shape[0] ?? 1) * images.length, ...first.shape.slice(1)], data };
}
