import { fail } from '../error.js';
import type { Tensor, TypedArray } from '../tensor.js';

/** Tensors of several images, of one shape and type, joined along the first axis. The first one takes the memory for all. */
export class JoinedImages<T extends TypedArray = TypedArray> {
  private joined: Tensor<T> | undefined;
  private filled = 0;

  /** `count`: of images. */
  constructor(private readonly count: number) {}

  /** Copies the tensor of the next image behind those before. */
  add({ shape, data }: Tensor<T>): void {
    this.joined ??= {
      shape: [(shape[0] ?? 1) * this.count, ...shape.slice(1)],
      data: new (data.constructor as new (length: number) => T)(data.length * this.count),
    };
    this.joined.data.set(data, this.filled);
    this.filled += data.length;
  }

  /** The images that were added. Throws `internal` for no image. */
  get tensor(): Tensor<T> {
    return this.joined ?? fail('internal', 'images', 'expected at least one image, got none.');
  }
}
