import type { Layout } from '../tensor.js';
import type { Engine } from './engine.js';
import { type Addresses, aligned, type Lowering } from './lowering.js';

/** A pooling on one image. `pad` top and left; the far side follows from the output's size. Windows are clipped to the input. */
export interface PoolGeometry {
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly layout: Layout;
}

/** Element types that are pooled. */
export type PoolType = 'f32' | 'i8' | 'i16';
const BYTES = { f32: 4, i8: 1, i16: 2 };

/** The type of codes of this many bits. */
export function codeType(bits: number): 'i8' | 'i16' {
  return bits === 8 ? 'i8' : 'i16';
}

/** Sizes in the order every pooling kernel takes them. */
type Sizes = [number, number, number, number, number, number, number, number, number, number];
const sizesOf = ({ input, output, kernel, stride, pad }: PoolGeometry): Sizes => [
  ...input,
  ...output,
  ...kernel,
  ...stride,
  ...pad,
];

/** Bytes of one padded row, with the width besides, so that any padding fits, and what a vector runs over. */
function lineBytes({ output, stride, kernel, pad, input }: PoolGeometry, bytes: number): number {
  return aligned(((output[1] - 1) * stride[1] + kernel[1] + pad[1] + input[1]) * bytes + 16);
}

/** Largest element of each window; +0 above -0, NaN if any is (float32); an empty window gives the lowest value. */
export function lowerMaxPool(geometry: PoolGeometry, type: PoolType): Lowering {
  const sizes = sizesOf(geometry);
  const planar = geometry.layout === 'NCHW';
  return {
    constants: 0,
    scratch: planar ? lineBytes(geometry, BYTES[type]) : 0,
    prepare: () => {},
    run({ kernels }, at) {
      if (planar) kernels[`max_planes_${type}`](at.inputs[0]!, at.outputs[0]!, at.scratch, geometry.channels, ...sizes);
      else kernels[`max_pixels_${type}`](at.inputs[0]!, at.outputs[0]!, geometry.channels, ...sizes);
    },
  };
}

/**
 * Average of float32 windows: elements inside the input summed row by row in double, divided by `counts[output]` (what
 * the framework counts), rounded once.
 */
export function lowerAveragePoolF32(geometry: PoolGeometry, counts: Float64Array): Lowering {
  const { channels, input, output, layout } = geometry;
  const [from, to] = [input[0] * input[1], output[0] * output[1]];
  const strides = layout === 'NCHW' ? ([from, 1, to, 1] as const) : ([1, channels, 1, channels] as const);
  return {
    constants: aligned(counts.length * 8),
    scratch: 0,
    prepare: ({ heap }, at) => heap.f64(at, counts.length).set(counts),
    run: ({ kernels }, at) =>
      kernels.average_f32(at.inputs[0]!, at.outputs[0]!, at.constants, channels, ...strides, ...sizesOf(geometry)),
  };
}

/** Int32 sums of codes over the elements of each window inside the input, in the layout of the activation. */
export function lowerPoolSums(geometry: PoolGeometry, bits: number): Lowering {
  const planar = geometry.layout === 'NCHW';
  return {
    constants: 0,
    scratch: planar ? lineBytes(geometry, 4) : 0,
    prepare: () => {},
    run: (engine, at) => sumWindows(engine, at, geometry, bits, at.outputs[0]!, at.scratch),
  };
}

function sumWindows(
  { kernels }: Engine,
  at: Addresses,
  geometry: PoolGeometry,
  bits: number,
  target: number,
  line: number,
): void {
  const sizes = sizesOf(geometry);
  const type = codeType(bits);
  if (geometry.layout === 'NCHW')
    kernels[`sum_planes_${type}`](at.inputs[0]!, target, line, geometry.channels, ...sizes);
  else kernels[`sum_pixels_${type}`](at.inputs[0]!, target, geometry.channels, ...sizes);
}

/** Codes of averages, `roundHalfEven(sum / counts[output])` as an exact fraction (QUANTIZER.md, section 4, "Pooling"). */
export function lowerAveragePoolCodes(geometry: PoolGeometry, counts: Float64Array, bits: number): Lowering {
  const { channels, output, layout } = geometry;
  const pixels = output[0] * output[1];
  const sums = aligned(channels * pixels * 4);
  const shape = layout === 'NCHW' ? ([channels, pixels, 1] as const) : ([pixels, channels, 0] as const);
  return {
    constants: aligned(counts.length * 8),
    scratch: sums + lineBytes(geometry, 4),
    prepare: ({ heap }, at) => heap.f64(at, counts.length).set(counts),
    run(engine, at) {
      sumWindows(engine, at, geometry, bits, at.scratch, at.scratch + sums);
      engine.kernels[`divide_${codeType(bits)}`](at.scratch, at.outputs[0]!, at.constants, ...shape);
    },
  };
}

/**
 * OVERLAY.md, avgPool on int32 window sums: `clamp(rsh(trunc(float32(sum * factor)), shift))` to codes of `bits`. Inputs
 * [sums], outputs [codes], `count` of each; exact for |sum| below 2^31 and products below 2^47.
 */
export function lowerOverlayAverage(count: number, factor: number, shift: number, bits: number): Lowering {
  const high = 2 ** (bits - 1) - 1;
  return {
    constants: 0,
    scratch: 0,
    prepare: () => {},
    run: ({ kernels }, at) =>
      kernels[`overlay_average_${codeType(bits)}`](
        at.inputs[0]!,
        at.outputs[0]!,
        count,
        factor,
        2 ** -shift,
        -high - 1,
        high,
      ),
  };
}
