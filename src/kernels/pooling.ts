import { fail } from '../error.js';
import type { Layout } from '../tensor.js';
import type { Engine } from './engine.js';
import { type Addresses, aligned, type Lowering, withoutConstants } from './lowering.js';

/** A pooling on one image. `pad`: top and left; the output's size says where it ends. Windows are clipped to the input. */
export interface PoolGeometry {
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly layout: Layout;
}

/** Codes of this many bits as the names of kernels have them. */
const codeElement = (bits: number): 'i8' | 'i16' => (bits === 8 ? 'i8' : 'i16');

/** Sizes in the order in which every pooling kernel takes them. */
type Sizes = [number, number, number, number, number, number, number, number, number, number];
const sizesOf = ({ input, output, kernel, stride, pad }: PoolGeometry): Sizes => [
  ...input,
  ...output,
  ...kernel,
  ...stride,
  ...pad,
];

/**
 * Bytes of the scratch row of the kernels for channels first: 4 for each column that the windows or the padded input
 * reach, and one vector, for stores run over the end of the row.
 */
function rowBytes({ output, stride, kernel, pad, input, layout }: PoolGeometry): number {
  if (layout === 'NHWC') return 0;
  return aligned(((output[1] - 1) * stride[1] + kernel[1] + pad[1] + input[1]) * 4 + 16);
}

/** What each output of an average is divided by, as a constant of the lowering. */
const withCounts = (counts: Float64Array): Pick<Lowering, 'constants' | 'prepare'> => ({
  constants: aligned(counts.length * 8),
  prepare: ({ heap }, at) => heap.f64(at, counts.length).set(counts),
});

/** Largest element of each window, float32 or codes; +0 above -0, NaN if any is. A window without elements gives the lowest value. */
export function lowerMaxPool(geometry: PoolGeometry, element: 'f32' | 'i8' | 'i16'): Lowering {
  const sizes = sizesOf(geometry);
  const { channels, layout } = geometry;
  return {
    ...withoutConstants,
    scratch: rowBytes(geometry),
    run({ kernels }, at) {
      if (layout === 'NCHW')
        kernels[`max_planes_${element}`](at.inputs[0]!, at.outputs[0]!, at.scratch, channels, ...sizes);
      else kernels[`max_pixels_${element}`](at.inputs[0]!, at.outputs[0]!, channels, ...sizes);
    },
  };
}

/**
 * Mean of float32 windows: the elements inside the input are added row by row in double, divided by `counts[output]`
 * (what the framework counts) and rounded once.
 */
export function lowerAveragePoolF32(geometry: PoolGeometry, counts: Float64Array): Lowering {
  const { channels, layout } = geometry;
  const sizes = sizesOf(geometry);
  const [from, to] = [geometry.input[0] * geometry.input[1], geometry.output[0] * geometry.output[1]];
  const strides = layout === 'NCHW' ? ([from, 1, to, 1] as const) : ([1, channels, 1, channels] as const);
  return {
    ...withCounts(counts),
    scratch: 0,
    run: ({ kernels }, at) =>
      kernels.average_f32(at.inputs[0]!, at.outputs[0]!, at.constants, channels, ...strides, ...sizes),
  };
}

/**
 * Int32 sums of the codes of each window, in the layout of the activation. They fit where area * 2^(bits - 1) is below
 * 2^31; larger windows are refused (`unsupported`).
 */
export function lowerPoolSums(geometry: PoolGeometry, bits: number): Lowering {
  const { kernel } = geometry;
  if (kernel[0] * kernel[1] * 2 ** (bits - 1) >= 2 ** 31) {
    const most = 2 ** 31 / 2 ** (bits - 1);
    fail(
      'unsupported',
      '',
      `expected an average over fewer than ${most} elements at ${bits} bits, got ${kernel.join('x')}.`,
    );
  }
  return {
    ...withoutConstants,
    scratch: rowBytes(geometry),
    run: (engine, at) => sumWindows(engine, at, geometry, bits),
  };
}

function sumWindows({ kernels }: Engine, at: Addresses, geometry: PoolGeometry, bits: number): void {
  const { channels, layout } = geometry;
  const element = codeElement(bits);
  const sizes = sizesOf(geometry);
  if (layout === 'NCHW')
    kernels[`sum_planes_${element}`](at.inputs[0]!, at.outputs[0]!, at.scratch, channels, ...sizes);
  else kernels[`sum_pixels_${element}`](at.inputs[0]!, at.outputs[0]!, channels, ...sizes);
}

/** Codes of means: `roundHalfEven(sum / counts[output])` as an exact fraction (docs/spec/quantizer.md, section 4, "Pooling"). */
export function lowerAveragePoolCodes(geometry: PoolGeometry, counts: Float64Array, bits: number): Lowering {
  const { channels, layout } = geometry;
  const pixels = geometry.output[0] * geometry.output[1];
  const sums = lowerPoolSums(geometry, bits);
  const bytes = aligned(channels * pixels * 4);
  const shape = layout === 'NCHW' ? ([channels, pixels, 1] as const) : ([pixels, channels, 0] as const);
  return {
    ...withCounts(counts),
    scratch: bytes + sums.scratch,
    run(engine, at) {
      sums.run(engine, { ...at, outputs: [at.scratch], scratch: at.scratch + bytes });
      engine.kernels[`divide_${codeElement(bits)}`](at.scratch, at.outputs[0]!, at.constants, ...shape);
    },
  };
}
