import type { Layout } from '../../src/tensor.js';

/** Index of an element of a batch-1 image. */
export function at(
  layout: Layout,
  [channels, height, width]: readonly [number, number, number],
  c: number,
  y: number,
  x: number,
): number {
  return layout === 'NCHW' ? (c * height + y) * width + x : (y * width + x) * channels + c;
}

/** Sizes of a batch-1 image: channels, height, width. */
export function sizes(layout: Layout, shape: readonly number[]): [number, number, number] {
  return layout === 'NCHW' ? [shape[1]!, shape[2]!, shape[3]!] : [shape[3]!, shape[1]!, shape[2]!];
}
