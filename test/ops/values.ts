import { elements, type Shape, type Tensor } from '../../src/tensor.js';

/** A tensor of one row. */
export const row = (...values: number[]): Tensor => tensor([1, values.length], ...values);

/** A tensor of these sizes and values. */
export const tensor = (shape: Shape, ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });

/** The whole numbers from `first` on, in row-major order. */
export const counting = (shape: Shape, first = 0): Tensor =>
  tensor(shape, ...Array.from({ length: elements(shape) }, (_, index) => first + index));

/** Values of many sizes, of both signs. */
export const wide = row(-1000, -20, -3, -0.5, -1e-20, 0, 1e-20, 0.25, 2, 10, 60);

/** The outputs of a function of each element, rounded to float32. */
export const mapped =
  (f: (x: number) => number) =>
  ([input]: readonly Tensor[]): number[][] => [Array.from(input?.data ?? [], (x) => Math.fround(f(x)))];

/** A case of one element: its own tolerance where a table's values span magnitudes. */
export const single = <A>(name: string, attrs: A, x: number, y: number) => ({
  name: `${name} of ${x}`,
  attrs,
  inputs: [row(x)],
  expected: [[Math.fround(y)]],
  tolerance: 1e-7,
});
