import {
  type Accumulation,
  accumulateConvolution,
  type CodeBits,
  lowerAccumulateF64,
  lowerAccumulateI32,
} from './accumulate.js';
import { boundCodes, type Codes, expectExactSums } from './codes.js';
import { lowerConvolutionF32 } from './convolution.js';
import type { Engine } from './engine.js';
import type { ConvolutionGeometry } from './geometry.js';
import { type Activation, aligned, type Lowering } from './lowering.js';

/** Along one axis: the outputs `phase`, `phase + stride`, ... as a plain convolution of the input. */
interface Phase {
  readonly phase: number;
  readonly outputs: number;
  /** Kernel taps, counted from the far end. */
  readonly taps: readonly number[];
  readonly dilation: number;
  readonly pad: number;
}

/** The outputs at one phase of each axis: a convolution of stride 1 over the whole input. */
interface PhaseConvolution {
  readonly row: Phase;
  readonly column: Phase;
  readonly geometry: ConvolutionGeometry;
}

/**
 * Along one axis, output `phase + stride * q` reads input `q + shift` through each tap whose shift
 * `(phase + pad - (kernel - 1 - tap) * dilation) / stride` is whole. Those taps are evenly spaced, and so are their
 * shifts. A stride beyond the kernel has phases without a tap; they are left out.
 */
function phasesOf({ kernel, stride, pad, dilation, output }: ConvolutionGeometry, axis: 0 | 1): Phase[] {
  const taps = new Map<number, number[]>();
  for (let tap = 0; tap < kernel[axis]; tap++) {
    const back = (kernel[axis] - 1 - tap) * dilation[axis] - pad[axis];
    const phase = back - Math.floor(back / stride[axis]) * stride[axis];
    if (phase < output[axis]) taps.set(phase, [...(taps.get(phase) ?? []), tap]);
  }
  return [...taps].map(([phase, own]) => {
    const shifts = own.map((tap) => (phase + pad[axis] - (kernel[axis] - 1 - tap) * dilation[axis]) / stride[axis]);
    const outputs = Math.ceil((output[axis] - phase) / stride[axis]);
    return { phase, outputs, taps: own, dilation: own.length > 1 ? shifts[1]! - shifts[0]! : 1, pad: -shifts[0]! };
  });
}

function phaseConvolutions(whole: ConvolutionGeometry): PhaseConvolution[] {
  const columns = phasesOf(whole, 1);
  return phasesOf(whole, 0).flatMap((row) =>
    columns.map(
      (column): PhaseConvolution => ({
        row,
        column,
        geometry: {
          ...whole,
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

/** One output pixel that no tap reaches, as a convolution of one pixel of zeros: what the input holds must not come in. */
const untouchedPixel = (whole: ConvolutionGeometry): ConvolutionGeometry => ({
  ...whole,
  input: [1, 1],
  kernel: [1, 1],
  stride: [1, 1],
  dilation: [1, 1],
  pad: [0, 0, 0, 0],
  output: [1, 1],
});

/** Whether some outputs belong to no phase that has taps. */
function hasUntouched({ output }: ConvolutionGeometry, convolutions: readonly PhaseConvolution[]): boolean {
  const reached = convolutions.reduce((sum, { geometry }) => sum + geometry.output[0] * geometry.output[1], 0);
  return reached < output[0] * output[1];
}

/** Float weights, or codes. */
type Weights = Float32Array | Codes;

const newLike = <T extends Weights>(weights: T, length: number): T =>
  new (weights.constructor as new (length: number) => T)(length);

/** The weights of one phase, from rows of [output channel][input channel][kernel row][kernel column]. */
function weightsOfPhase<T extends Weights>(
  weights: T,
  [height, width]: readonly [number, number],
  { row, column }: PhaseConvolution,
): T {
  const size = row.taps.length * column.taps.length;
  const result = newLike(weights, (weights.length / (height * width)) * size);
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

/** An output on the heap: its geometry, element type and order. Sums are always channels first. */
interface Target {
  readonly whole: ConvolutionGeometry;
  readonly element: Element;
  readonly planar: boolean;
}

/** Copies the outputs of a phase to where they belong: every stride-th row and column of the whole. */
function scatter(
  { heap }: Engine,
  { whole, element, planar }: Target,
  { row, column, geometry }: PhaseConvolution,
  from: number,
  to: number,
): void {
  const [, width] = whole.output;
  const [height, columns] = geometry.output;
  const channels = whole.outChannels;
  const target = heap[element](to, channels * whole.output[0] * width);
  const source = heap[element](from, channels * height * columns);
  const run = planar ? 1 : channels;
  for (let line = 0; line < source.length / columns / run; line++) {
    const plane = Math.floor(line / height);
    const y = row.phase + (line % height) * whole.stride[0];
    const first = (plane * whole.output[0] + y) * width + column.phase;
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < run; c++)
        target[(first + x * whole.stride[1]) * run + c] = source[(line * columns + x) * run + c]!;
    }
  }
}

/** Copies the values of one pixel to every pixel. */
function fillPixels({ heap }: Engine, { whole, element, planar }: Target, from: number, to: number): void {
  const { output, outChannels } = whole;
  const pixels = output[0] * output[1];
  const values = heap[element](from, outChannels);
  const target = heap[element](to, outChannels * pixels);
  if (planar) values.forEach((value, channel) => target.fill(value, channel * pixels, (channel + 1) * pixels));
  else for (let first = 0; first < target.length; first += outChannels) target.set(values, first);
}

/** A lowering into scratch, and how its result gets to the output. */
interface Piece {
  readonly lowering: Lowering;
  /** Whether it reads zeros in place of the input. */
  readonly isBlank: boolean;
  write(engine: Engine, from: number, to: number): void;
}

/** The pixels that no tap reaches first, then phase after phase. */
function piecesOf<T extends Weights>(
  target: Target,
  convolutions: readonly PhaseConvolution[],
  weights: T,
  lower: (geometry: ConvolutionGeometry, weights: T) => Lowering,
): Piece[] {
  const { whole } = target;
  const pieces = convolutions.map(
    (convolution): Piece => ({
      lowering: lower(convolution.geometry, weightsOfPhase(weights, whole.kernel, convolution)),
      isBlank: false,
      write: (engine, from, to) => scatter(engine, target, convolution, from, to),
    }),
  );
  if (!hasUntouched(whole, convolutions)) return pieces;
  const zeros = newLike(weights, whole.outChannels * (whole.inChannels / whole.group));
  const untouched: Piece = {
    lowering: lower(untouchedPixel(whole), zeros),
    isBlank: true,
    write: (engine, from, to) => fillPixels(engine, target, from, to),
  };
  return [untouched, ...pieces];
}

/** A deconvolution as a lowering for each phase, one after the other into scratch, scattered to the output. */
function lowerPhases<T extends Weights>(
  target: Target,
  weights: T,
  lower: (geometry: ConvolutionGeometry, weights: T) => Lowering,
): Lowering {
  const convolutions = phaseConvolutions(target.whole);
  const pieces = piecesOf(target, convolutions, weights, lower);
  const largest = convolutions.reduce(
    (most, { geometry }) => Math.max(most, geometry.output[0] * geometry.output[1]),
    1,
  );
  const result = aligned(largest * target.whole.outChannels * BYTES[target.element]);
  // One pixel of the widest element.
  const blank = pieces.some(({ isBlank }) => isBlank) ? aligned(target.whole.inChannels * BYTES.f64) : 0;
  let constants = 0;
  const laidOut = pieces.map((piece) => {
    const offset = constants;
    constants += aligned(piece.lowering.constants);
    return { ...piece, offset };
  });
  return {
    constants,
    scratch: result + blank + pieces.reduce((most, { lowering }) => Math.max(most, lowering.scratch), 0),
    prepare(engine, at) {
      for (const { lowering, offset } of laidOut) lowering.prepare(engine, at + offset);
    },
    run(engine, { inputs, outputs, scratch, constants: at }) {
      const zeros = scratch + result;
      if (blank > 0) engine.heap.u8(zeros, blank).fill(0);
      for (const { lowering, isBlank, offset, write } of laidOut) {
        const from = isBlank ? [zeros] : inputs;
        const own = { inputs: from, outputs: [scratch], constants: at + offset, scratch: zeros + blank };
        lowering.run(engine, own);
        write(engine, scratch, outputs[0]!);
      }
    },
  };
}

/**
 * Deconvolution in float32 as at most `stride` x `stride` convolutions of the input, with the sums of the definition:
 * ascending (input channel, input row, input column). Weights are [output channel][k], the taps from the far end.
 */
export function lowerDeconvolutionF32(
  geometry: ConvolutionGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const target: Target = { whole: geometry, element: 'f32', planar: geometry.layout === 'NCHW' };
  return lowerPhases(target, weights, (phase, own) => lowerConvolutionF32(phase, own, bias, activation));
}

/** Exact sums of a deconvolution on codes, [channel][pixel]; weights as for {@link lowerDeconvolutionF32}. */
export function accumulateDeconvolution(geometry: ConvolutionGeometry, weights: Codes, bits: CodeBits): Accumulation {
  const [first] = phaseConvolutions(geometry);
  if (first !== undefined && geometry.stride[0] === 1 && geometry.stride[1] === 1)
    return accumulateConvolution(first.geometry, weights, bits);
  const bounds = boundCodes(weights, geometry.outChannels, bits.params);
  expectExactSums(bounds, bits.input);
  const type = bounds.sumsBelow(2 ** 31, bits.input) ? 'i32' : 'f64';
  const lowering = lowerPhases({ whole: geometry, element: type, planar: true }, weights, (phase, own) =>
    type === 'i32' ? lowerAccumulateI32(phase, own, bits.input) : lowerAccumulateF64(phase, own, bits),
  );
  return { lowering, type };
}
