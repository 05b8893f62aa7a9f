import { fail } from '../error.js';
import { exp } from '../math.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { imageShape, imageSize, imageStrides } from './support/spatial.js';
import { sin } from './support/special-functions.js';
import { constantList } from './support/tensorflow.js';

/** The pixels along an axis that one output pixel is the weighted sum of: those from `start` on. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** The taps of each row and of each column of the result. */
export type ResampleAttrs = { readonly rows: readonly Taps[]; readonly columns: readonly Taps[] };

interface Kernel {
  readonly radius: number;
  /** The weight at a distance of at least 0. */
  weight(distance: number): number;
}

interface Sampling {
  readonly kernel: Kernel;
  readonly antialias: boolean;
  readonly scale: number;
  readonly translation: number;
}

const f32 = Math.fround;

function lanczos(radius: number): Kernel {
  const weight = (x: number): number => {
    if (x > radius) return 0;
    const angle = Math.PI * x;
    return x <= 1e-3 ? 1 : (radius * sin(angle) * sin(angle / radius)) / (angle * angle);
  };
  return { radius, weight };
}

/** A cubic kernel: the coefficients of its polynomials from the highest power on, within distance 1 and from 1 to 2. */
function cubic(near: readonly number[], far: readonly number[]): Kernel {
  const at = (x: number, coefficients: readonly number[]): number =>
    coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
  return { radius: 2, weight: (x) => (x >= 2 ? 0 : at(x, x >= 1 ? far : near)) };
}

/** Gauss has a standard deviation of half a pixel. */
const kernels: ReadonlyMap<string, Kernel> = new Map<string, Kernel>([
  ['lanczos1', lanczos(1)],
  ['lanczos3', lanczos(3)],
  ['lanczos5', lanczos(5)],
  ['gaussian', { radius: 1.5, weight: (x) => (x >= 1.5 ? 0 : exp(-2 * x * x)) }],
  ['box', { radius: 1, weight: (x) => (x < 0.5 ? 1 : x === 0.5 ? 0.5 : 0) }],
  ['triangle', { radius: 1, weight: (x) => Math.max(0, 1 - x) }],
  ['keyscubic', cubic([1.5, -2.5, 0, 1], [-0.5, 2.5, -4, 2])],
  ['mitchellcubic', cubic([7 / 6, -2, 0, 8 / 9], [-7 / 18, 2, -10 / 3, 16 / 9])],
]);

/** The taps of an output pixel around its place in the input; none where that lies outside. Weights sum to 1. */
function around(out: number, input: number, { kernel, antialias, scale, translation }: Sampling): Taps {
  const step = f32(1 / scale);
  const at = f32(f32((out + 0.5) * step) + f32(-step * translation));
  if (at < 0 || at > input) return { start: 0, weights: [] };
  // A smaller result is filtered first: the kernel covers as many pixels more.
  const stretch = antialias ? Math.max(step, 1) : 1;
  const clamp = (pixel: number): number => Math.min(Math.max(pixel, 0), input - 1);
  const start = clamp(Math.ceil(f32(at - kernel.radius * stretch - 0.5)));
  const end = clamp(Math.floor(f32(at + kernel.radius * stretch - 0.5)));
  const raw = Array.from({ length: end - start + 1 }, (_, tap) =>
    kernel.weight(Math.abs(f32(start + tap + 0.5 - at) / stretch)),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return { start, weights: raw.map((weight) => (Math.abs(sum) < 1e-35 ? 0 : weight / sum)) };
}

/** The taps of an output pixel that covers `step` input pixels, each by the part that is covered; the last one repeats. */
function covered(out: number, input: number, step: number): Taps {
  const [from, to] = [f32(out * step), f32((out + 1) * step)];
  const start = Math.min(Math.floor(from), input - 1);
  const weights: number[] = [];
  for (let pixel = start; pixel < to; pixel++) {
    const at = Math.min(pixel, input - 1) - start;
    weights[at] = (weights[at] ?? 0) + (Math.min(pixel + 1, to) - Math.max(pixel, from)) / step;
  }
  return { start, weights };
}

const along = (count: number, taps: (out: number) => Taps): Taps[] =>
  Array.from({ length: count }, (_, out) => taps(out));

function readKernel(node: TensorFlowNode, size: readonly number[]): ResampleAttrs | undefined {
  const [scales, translations] = [node.constant(2)?.data, node.constant(3)?.data];
  if (scales === undefined || translations === undefined) return undefined;
  const name = String(node.attr('kernel_type') ?? 'lanczos3');
  const kernel = kernels.get(name) ?? node.fail(`expected one of ${[...kernels.keys()].join(', ')}, got ${name}.`);
  const axis = (index: 0 | 1): Taps[] => {
    const [scale = 0, translation = 0] = [scales[index], translations[index]];
    if (!(scale > 0)) node.fail(`expected scales above 0, got ${scale}.`);
    const sampling = { kernel, antialias: node.attr('antialias') !== false, scale, translation };
    return along(size[index] ?? 0, (out) => around(out, node.inputShape(0)[index + 1] ?? 0, sampling));
  };
  return { rows: axis(0), columns: axis(1) };
}

function readArea(node: TensorFlowNode, size: readonly number[]): ResampleAttrs {
  const axis = (index: 0 | 1): Taps[] => {
    const [input, count] = [node.inputShape(0)[index + 1] ?? 0, size[index] ?? 0];
    const corners = node.attr('align_corners') === true && count > 1;
    const step = f32(corners ? (input - 1) / (count - 1) : input / count);
    return along(count, (out) => covered(out, input, step));
  };
  return { rows: axis(0), columns: axis(1) };
}

function read(node: TensorFlowNode): TensorFlowReading<ResampleAttrs> | undefined {
  const size = constantList(node, 1);
  if (size === undefined) return undefined;
  if (node.inputShape(0).length !== 4) node.fail(`expected an image of 4 axes, got ${node.inputShape(0).length}.`);
  for (const index of [0, 1] as const) expectInteger(index === 0 ? 'height' : 'width', size[index] ?? 0, 1);
  const attrs = node.type === 'ResizeArea' ? readArea(node, size) : readKernel(node, size);
  return attrs === undefined ? undefined : { attrs, inputs: [0], params: [] };
}

/**
 * An image with channels last, resampled with weights of its own for each row and each column: by a kernel that is placed
 * and stretched (ScaleAndTranslate), or by the areas that are covered. In double, rounded once.
 */
export const resample: Op<ResampleAttrs> = {
  name: 'resample',
  tensorflow: { types: ['ScaleAndTranslate', 'ResizeArea'], read },
  shape({ rows, columns }, inputs) {
    expectInputs(inputs, 1);
    const size = imageSize(inputs[0]!, 'NHWC');
    const fits = (taps: readonly Taps[], length: number): boolean =>
      taps.every(({ start, weights }) => start >= 0 && start + weights.length <= length);
    if (!fits(rows, size.height) || !fits(columns, size.width))
      fail('model', '', `expected pixels within ${size.height}x${size.width}, got others.`);
    return [imageShape({ ...size, height: rows.length, width: columns.length }, 'NHWC')];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { rows, columns } }, [input], [output]) {
    const size = imageSize(input!.shape, 'NHWC');
    const from = imageStrides(size, 'NHWC');
    const sample = (at: number, row: Taps, column: Taps): number => {
      let sum = 0;
      row.weights.forEach((down, v) => {
        const start = at + (row.start + v) * from.row + column.start * from.column;
        column.weights.forEach((across, u) => (sum += down * across * input!.data[start + u * from.column]));
      });
      return sum;
    };
    let at = 0;
    for (let image = 0; image < size.batch; image++) {
      for (const row of rows) {
        for (const column of columns) {
          for (let channel = 0; channel < size.channels; channel++)
            output!.data[at++] = sample(image * from.batch + channel, row, column);
        }
      }
    }
  },
};
