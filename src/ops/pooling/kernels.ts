import { fail } from '../../error.js';
import type { Engine } from '../../kernels/engine.js';
import { type Addresses, aligned, type Lowering } from '../../kernels/lowering.js';
import type { NodeShapes } from '../op.js';
import { imageSize } from '../support/spatial.js';
import { type PoolingAttrs, poolingWindows } from './windows.js';

/** What the pooling kernels are told: sizes in the order of their arguments. */
interface Parts {
  readonly channels: number;
  /** Output pixels. */
  readonly pixels: number;
  /** Channels first. */
  readonly planar: boolean;
  readonly sizes: readonly [number, number, number, number, number, number, number, number, number, number];
  /** Bytes of scratch for one padded row, channels first. */
  readonly line: number;
}

function partsOf({ kernel, stride, pad, layout }: PoolingAttrs, { inputs, outputs }: NodeShapes): Parts {
  const [from, to] = [imageSize(inputs[0]!, layout), imageSize(outputs[0]!, layout)];
  const planar = layout === 'NCHW';
  return {
    channels: from.channels,
    pixels: to.height * to.width,
    planar,
    sizes: [from.height, from.width, to.height, to.width, ...kernel, ...stride, pad[0], pad[1]],
    line: planar ? aligned(((to.width - 1) * stride[1] + kernel[1] + from.width + pad[1]) * 4) : 0,
  };
}

const codeElement = (bits: number): 'i8' | 'i16' => (bits === 8 ? 'i8' : 'i16');

/** What each output counts, in float64 as the kernels divide by it. */
function counts(attrs: PoolingAttrs, { inputs, outputs }: NodeShapes): Pick<Lowering, 'constants' | 'prepare'> {
  const { rows, columns } = poolingWindows(attrs, inputs[0]!, outputs[0]!);
  const values = new Float64Array(rows.length * columns.length);
  rows.forEach((row, y) => columns.forEach((column, x) => (values[y * columns.length + x] = row.count * column.count)));
  return { constants: aligned(values.length * 8), prepare: ({ heap }, at) => heap.f64(at, values.length).set(values) };
}

const nothing: Pick<Lowering, 'constants' | 'prepare'> = { constants: 0, prepare: () => {} };

/** The largest element of every window, float32 or codes. */
export function lowerMax(attrs: PoolingAttrs, shapes: NodeShapes, element: 'f32' | 'i8' | 'i16'): Lowering {
  const { planar, channels, sizes, line } = partsOf(attrs, shapes);
  const run = ({ kernels }: Engine, at: Addresses): void => {
    const [from, to] = [at.inputs[0]!, at.outputs[0]!];
    if (planar) kernels[`max_planes_${element}`](from, to, at.scratch, channels, ...sizes);
    else kernels[`max_pixels_${element}`](from, to, channels, ...sizes);
  };
  return { ...nothing, scratch: line, run };
}

/** The mean of every window in double, rounded to float32 once. */
export function lowerAverage(attrs: PoolingAttrs, shapes: NodeShapes): Lowering {
  const { planar, channels, pixels, sizes } = partsOf(attrs, shapes);
  const strides = planar ? ([sizes[0] * sizes[1], 1, pixels, 1] as const) : ([1, channels, 1, channels] as const);
  const run = ({ kernels }: Engine, at: Addresses): void => {
    kernels.average_f32(at.inputs[0]!, at.outputs[0]!, at.constants, channels, ...strides, ...sizes);
  };
  return { ...counts(attrs, shapes), scratch: 0, run };
}

/** Int32 sums of the codes of every window, in the activation's layout. Fits: at most 65535 codes of 16 bits, 15 + 16 bits. */
export function lowerSums(attrs: PoolingAttrs, shapes: NodeShapes, bits: number): Lowering {
  const { planar, channels, sizes, line } = partsOf(attrs, shapes);
  const { kernel } = attrs;
  if (kernel[0] * kernel[1] * 2 ** (bits - 1) >= 2 ** 31) {
    fail(
      'unsupported',
      '',
      `expected an average over fewer than ${2 ** 31 / 2 ** (bits - 1)} elements at ${bits} bits, got ${kernel.join('x')}.`,
    );
  }
  const element = codeElement(bits);
  const run = ({ kernels }: Engine, at: Addresses): void => {
    const [from, to] = [at.inputs[0]!, at.outputs[0]!];
    if (planar) kernels[`sum_planes_${element}`](from, to, at.scratch, channels, ...sizes);
    else kernels[`sum_pixels_${element}`](from, to, channels, ...sizes);
  };
  return { ...nothing, scratch: line, run };
}

/** The mean of the codes of every window as an exact fraction, rounded half to even (QUANTIZER.md, section 4, "Pooling"). */
export function lowerAverageCodes(attrs: PoolingAttrs, shapes: NodeShapes, bits: number): Lowering {
  const { planar, channels, pixels } = partsOf(attrs, shapes);
  const sums = lowerSums(attrs, shapes, bits);
  const bytes = aligned(channels * pixels * 4);
  const run = (engine: Engine, at: Addresses): void => {
    sums.run(engine, { ...at, outputs: [at.scratch], scratch: at.scratch + bytes });
    const divide = engine.kernels[`divide_${codeElement(bits)}`];
    if (planar) divide(at.scratch, at.outputs[0]!, at.constants, channels, pixels, 1);
    else divide(at.scratch, at.outputs[0]!, at.constants, pixels, channels, 0);
  };
  return { ...counts(attrs, shapes), scratch: bytes + sums.scratch, run };
}
