import {
  accumulateConvolution,
  type CodeBits,
  lowerAccumulateF64,
  lowerAccumulateI32,
} from '../../kernels/accumulate.js';
import { boundCodes } from '../../kernels/codes.js';
import { lowerConvolutionF32 } from '../../kernels/convolution.js';
import type { Engine } from '../../kernels/engine.js';
import type { ConvolutionGeometry } from '../../kernels/geometry.js';
import { type Activation, type Addresses, aligned, type Lowering } from '../../kernels/lowering.js';
import type { Accumulation } from '../op.js';

/** Along one axis: the outputs `phase`, `phase + stride` ... as a plain convolution of the input. */
interface Phase {
  readonly phase: number;
  readonly outputs: number;
  /** Kernel taps, counted from the far end. */
  readonly taps: readonly number[];
  readonly dilation: number;
  readonly pad: number;
}

/** A deconvolution's outputs at one phase of each axis. */
interface Part {
  readonly row: Phase;
  readonly column: Phase;
  readonly geometry: ConvolutionGeometry;
}

/**
 * Along one axis, output `phase + stride * q` reads input `q + shift` through each tap whose shift
 * `(phase + pad - (kernel - 1 - tap) * dilation) / stride` is whole. Those taps are evenly spaced, and so are their shifts.
 * A stride beyond the kernel has phases without a tap: they are left out.
 */
function phasesOf({ kernel, stride, pad, dilation, output }: ConvolutionGeometry, axis: 0 | 1): Phase[] {
  const taps = new Map<number, number[]>();
  for (let tap = 0; tap < kernel[axis]; tap++) {
    const back = (kernel[axis] - 1 - tap) * dilation[axis] - pad[axis];
    const phase = back - Math.floor(back / stride[axis]) * stride[axis];
    if (phase >= output[axis]) continue;
    const own = taps.get(phase);
    if (own === undefined) taps.set(phase, [tap]);
    else own.push(tap);
  }
  return [...taps].map(([phase, own]) => {
    const shift = (tap: number): number =>
      (phase + pad[axis] - (kernel[axis] - 1 - tap) * dilation[axis]) / stride[axis];
    const outputs = Math.ceil((output[axis] - phase) / stride[axis]);
    return {
      phase,
      outputs,
      taps: own,
      dilation: own.length > 1 ? shift(own[1]!) - shift(own[0]!) : 1,
      pad: -shift(own[0]!),
    };
  });
}

function partsOf(geometry: ConvolutionGeometry): Part[] {
  const columns = phasesOf(geometry, 1);
  return phasesOf(geometry, 0).flatMap((row) =>
    columns.map(
      (column): Part => ({
        row,
        column,
        geometry: {
          ...geometry,
          kernel: [row.taps.length, column.taps.length],
          stride: [1, 1],
          dilation: [row.dilation, column.dilation],
          pad: [row.pad, column.pad, 0, 0],
          output: [row.outputs, column.outputs],
        },
      }),
    ),
  );
}

/** One output pixel that no tap reaches, as a convolution whose weights are 0. */
function emptyGeometry(geometry: ConvolutionGeometry): ConvolutionGeometry {
  return { ...geometry, kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad: [0, 0, 0, 0], output: [1, 1] };
}

/** Whether the parts leave outputs out. */
function hasGaps({ output }: ConvolutionGeometry, parts: readonly Part[]): boolean {
  return parts.reduce((sum, { geometry }) => sum + geometry.output[0] * geometry.output[1], 0) < output[0] * output[1];
}

/** The weights of one part, from rows of [output channel][input channel][kernel row][kernel column]. */
function pick<T extends Float32Array | Int16Array>(
  weights: T,
  [height, width]: readonly [number, number],
  { row, column }: Part,
): T {
  const size = row.taps.length * column.taps.length;
  const planes = weights.length / (height * width);
  const result = new (weights.constructor as new (length: number) => T)(planes * size);
  for (let index = 0; index < result.length; index++) {
    const plane = Math.floor(index / size);
    const y = row.taps[Math.floor(index / column.taps.length) % row.taps.length]!;
    const x = column.taps[index % column.taps.length]!;
    result[index] = weights[(plane * height + y) * width + x]!;
  }
  return result;
}

type Element = 'f32' | 'i32' | 'f64';
const BYTES = { f32: 4, i32: 4, f64: 8 };

/** Copies a part's outputs to their places: every stride-th row and column of the whole. */
function scatter(
  { heap }: Engine,
  element: Element,
  from: number,
  to: number,
  whole: ConvolutionGeometry,
  part: Part,
  planar: boolean,
): void {
  const [, width] = whole.output;
  const [height, columns] = part.geometry.output;
  const channels = whole.outChannels;
  const target = heap[element](to, channels * whole.output[0] * width);
  const source = heap[element](from, channels * height * columns);
  const run = planar ? 1 : channels;
  for (let row = 0; row < source.length / columns / run; row++) {
    const plane = Math.floor(row / height);
    const y = part.row.phase + (row % height) * whole.stride[0];
    const first = (plane * whole.output[0] + y) * width + part.column.phase;
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < run; c++)
        target[(first + x * whole.stride[1]) * run + c] = source[(row * columns + x) * run + c]!;
    }
  }
}

/** The values of one pixel at every pixel. */
function spread(
  { heap }: Engine,
  element: Element,
  from: number,
  to: number,
  { output, outChannels }: ConvolutionGeometry,
  planar: boolean,
): void {
  const pixels = output[0] * output[1];
  const values = heap[element](from, outChannels);
  const target = heap[element](to, outChannels * pixels);
  if (planar) values.forEach((value, channel) => target.fill(value, channel * pixels, (channel + 1) * pixels));
  else for (let first = 0; first < target.length; first += outChannels) target.set(values, first);
}

/** A deconvolution's lowerings: one for each part, and one for what lies between them, if anything does. */
interface Pieces {
  readonly parts: readonly Part[];
  readonly lowerings: readonly Lowering[];
  readonly empty: Lowering | null;
}

function piecesOf<T extends Float32Array | Int16Array>(
  whole: ConvolutionGeometry,
  weights: T,
  lower: (geometry: ConvolutionGeometry, weights: T) => Lowering,
): Pieces {
  const parts = partsOf(whole);
  const lowerings = parts.map((part) => lower(part.geometry, pick(weights, whole.kernel, part)));
  const zeros = (): T =>
    new (weights.constructor as new (length: number) => T)(whole.outChannels * (whole.inChannels / whole.group));
  return { parts, lowerings, empty: hasGaps(whole, parts) ? lower(emptyGeometry(whole), zeros()) : null };
}

/** What lies between the parts first; then one lowering after the other, each into scratch, its result scattered to the output. */
function interleave(whole: ConvolutionGeometry, { parts, lowerings, empty }: Pieces, element: Element): Lowering {
  const planar = element !== 'f32' || whole.layout === 'NCHW';
  const largest = parts.reduce((most, { geometry }) => Math.max(most, geometry.output[0] * geometry.output[1]), 1);
  const result = aligned(largest * whole.outChannels * BYTES[element]);
  const all = empty === null ? lowerings : [empty, ...lowerings];
  const starts: number[] = [];
  let constants = 0;
  for (const lowering of all) {
    starts.push(constants);
    constants += aligned(lowering.constants);
  }
  return {
    constants,
    scratch: result + all.reduce((most, { scratch }) => Math.max(most, scratch), 0),
    prepare: (engine, at) => all.forEach((lowering, i) => lowering.prepare(engine, at + starts[i]!)),
    run(engine, at: Addresses) {
      all.forEach((lowering, i) => {
        lowering.run(engine, {
          inputs: at.inputs,
          outputs: [at.scratch],
          constants: at.constants + starts[i]!,
          scratch: at.scratch + result,
        });
        if (lowering === empty) spread(engine, element, at.scratch, at.outputs[0]!, whole, planar);
        else
          scatter(engine, element, at.scratch, at.outputs[0]!, whole, parts[i - (all.length - parts.length)]!, planar);
      });
    },
  };
}

/** Deconvolution in float32 as at most `stride` x `stride` convolutions, the same sums: weights [output channel][k], taps from the far end. */
export function lowerDeconvolutionF32(
  geometry: ConvolutionGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const pieces = piecesOf(geometry, weights, (part, own) => lowerConvolutionF32(part, own, bias, activation));
  return interleave(geometry, pieces, 'f32');
}

/** Exact sums of a deconvolution on codes, [channel][pixel]; weights as for {@link lowerDeconvolutionF32}. */
export function accumulateDeconvolution(
  geometry: ConvolutionGeometry,
  weights: Int16Array,
  bits: CodeBits,
): Accumulation {
  if (geometry.stride[0] === 1 && geometry.stride[1] === 1)
    return accumulateConvolution(partsOf(geometry)[0]!.geometry, weights, bits);
  const type = boundCodes(weights, geometry.outChannels, bits.params).sumsBelow(2 ** 31, bits.input) ? 'i32' : 'f64';
  const pieces = piecesOf(geometry, weights, (part, own) =>
    type === 'i32' ? lowerAccumulateI32(part, own, bits.input) : lowerAccumulateF64(part, own, bits),
  );
  return { lowering: interleave(geometry, pieces, type), type };
}
