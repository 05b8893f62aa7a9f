import { accumulateConvolution, lowerAccumulateF64, lowerAccumulateI32, type CodeBits } from '../kernels/accumulate.js';
import { boundCodes } from '../kernels/codes.js';
import { lowerConvolutionF32 } from '../kernels/convolution.js';
import type { Engine } from '../kernels/engine.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import { aligned, type Activation, type Addresses, type Lowering } from '../kernels/lowering.js';
import type { Accumulation } from './op.js';

/** Along one axis: the outputs `phase`, `phase + stride` ... as a plain convolution of the input. */
interface Phase {
  readonly phase: number;
  readonly outputs: number;
  /** Kernel taps, counted from the far end; none: the one tap -1, whose weight is 0. */
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
 */
function phasesOf({ kernel, stride, pad, dilation, output }: ConvolutionGeometry, axis: 0 | 1): Phase[] {
  const phases = Array.from({ length: Math.min(stride[axis], output[axis]) }, (_, phase): Phase => {
    const shift = (tap: number): number => (phase + pad[axis] - (kernel[axis] - 1 - tap) * dilation[axis]) / stride[axis];
    const taps = Array.from({ length: kernel[axis] }, (_, tap) => tap).filter((tap) => Number.isInteger(shift(tap)));
    const outputs = Math.ceil((output[axis] - phase) / stride[axis]);
    if (taps.length === 0) return { phase, outputs, taps: [-1], dilation: 1, pad: 0 };
    return { phase, outputs, taps, dilation: taps.length > 1 ? shift(taps[1]!) - shift(taps[0]!) : 1, pad: -shift(taps[0]!) };
  });
  return phases;
}

function partsOf(geometry: ConvolutionGeometry): Part[] {
  return phasesOf(geometry, 0).flatMap((row) => phasesOf(geometry, 1).map((column): Part => ({
    row, column,
    geometry: {
      ...geometry, kernel: [row.taps.length, column.taps.length], stride: [1, 1], dilation: [row.dilation, column.dilation],
      pad: [row.pad, column.pad, 0, 0], output: [row.outputs, column.outputs],
    },
  })));
}

/** The weights of one part, from rows of [output channel][input channel][kernel row][kernel column]. */
function pick<T extends Float32Array | Int16Array>(weights: T, [height, width]: readonly [number, number], { row, column }: Part): T {
  const size = row.taps.length * column.taps.length;
  const planes = weights.length / (height * width);
  const result = new (weights.constructor as new (length: number) => T)(planes * size);
  for (let index = 0; index < result.length; index++) {
    const plane = Math.floor(index / size);
    const y = row.taps[Math.floor(index / column.taps.length) % row.taps.length]!;
    const x = column.taps[index % column.taps.length]!;
    if (x >= 0 && y >= 0) result[index] = weights[(plane * height + y) * width + x]!;
  }
  return result;
}

type Element = 'f32' | 'i32' | 'f64';
const BYTES = { f32: 4, i32: 4, f64: 8 };

/** Copies a part's outputs to their places: every stride-th row and column of the whole. */
function scatter({ heap }: Engine, element: Element, from: number, to: number, whole: ConvolutionGeometry, part: Part, planar: boolean): void {
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
      for (let c = 0; c < run; c++) target[(first + x * whole.stride[1]) * run + c] = source[(row * columns + x) * run + c]!;
    }
  }
}

/** One lowering after the other, each into scratch, its result scattered to the output. */
function interleave(whole: ConvolutionGeometry, parts: readonly Part[], lowerings: readonly Lowering[], element: Element): Lowering {
  const planar = element !== 'f32' || whole.layout === 'NCHW';
  const largest = Math.max(...parts.map(({ geometry }) => geometry.output[0] * geometry.output[1]));
  const result = aligned(largest * whole.outChannels * BYTES[element]);
  const starts = lowerings.reduce((so, { constants }) => [...so, so.at(-1)! + aligned(constants)], [0]);
  return {
    constants: starts.at(-1)!,
    scratch: result + Math.max(...lowerings.map(({ scratch }) => scratch)),
    prepare: (engine, at) => lowerings.forEach((lowering, i) => lowering.prepare(engine, at + starts[i]!)),
    run(engine, at: Addresses) {
      lowerings.forEach((lowering, i) => {
        lowering.run(engine, { inputs: at.inputs, outputs: [at.scratch], constants: at.constants + starts[i]!, scratch: at.scratch + result });
        scatter(engine, element, at.scratch, at.outputs[0]!, whole, parts[i]!, planar);
      });
    },
  };
}

/** Deconvolution in float32 as `stride` x `stride` convolutions, the same sums: weights [output channel][k], taps from the far end. */
export function lowerDeconvolutionF32(geometry: ConvolutionGeometry, weights: Float32Array, bias: Float32Array | null, activation?: Activation): Lowering {
  const parts = partsOf(geometry);
  const lowerings = parts.map((part) => lowerConvolutionF32(part.geometry, pick(weights, geometry.kernel, part), bias, activation));
  return interleave(geometry, parts, lowerings, 'f32');
}

/** Exact sums of a deconvolution on codes, [channel][pixel]; weights as for {@link lowerDeconvolutionF32}. */
export function accumulateDeconvolution(geometry: ConvolutionGeometry, weights: Int16Array, bits: CodeBits): Accumulation {
  if (geometry.stride[0] === 1 && geometry.stride[1] === 1) return accumulateConvolution(partsOf(geometry)[0]!.geometry, weights, bits);
  const type = boundCodes(weights, geometry.outChannels, bits.params).sumsBelow(2 ** 31, bits.input) ? 'i32' : 'f64';
  const parts = partsOf(geometry);
  const lowerings = parts.map((part) => {
    const codes = pick(weights, geometry.kernel, part);
    return type === 'i32' ? lowerAccumulateI32(part.geometry, codes, bits.input) : lowerAccumulateF64(part.geometry, codes, bits);
  });
  return { lowering: interleave(geometry, parts, lowerings, type), type };
}
