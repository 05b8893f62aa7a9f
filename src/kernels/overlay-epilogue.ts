import { type BitWidth, CODES } from '../fixed/grid.js';
import type { InterLayer } from '../scaling/index.js';
import { type Epilogue, locationIn, type OutputShape, type Range, type Sums } from './epilogue.js';
import type { Heap } from './heap.js';
import { aligned } from './lowering.js';
import type { Kernels } from './table.js';

/** Triples of an entry, and bias codes: one of each per channel, or one for all. */
export interface Multipliers {
  readonly prescale: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly postscale: ArrayLike<number>;
  /** Codes as the overlay's `biasCode` gives them. Absent: 0. */
  readonly bias?: ArrayLike<number>;
}

/** How a layer's sums become codes on an overlay: multipliers, bias and activation. */
export interface Requantization {
  readonly interLayer: InterLayer;
  /** Width of the output's codes. */
  readonly bitsOut: BitWidth;
  readonly positive: Multipliers;
  /** Used instead where the output is below 0: leaky ReLU, PReLU. */
  readonly negative?: Multipliers;
  /** ReLU: 0. */
  readonly floor?: number;
  /** The code of a ReLU6's 6. */
  readonly ceiling?: number;
}

/** Counters of a channel, int32. */
export const CHANNEL_COUNTERS = 4;
const COUNTER_BYTES = CHANNEL_COUNTERS * Int32Array.BYTES_PER_ELEMENT;
/** Bytes of the parameters of a channel: four float64 for the general kernels, half of that for those of 8 bits. */
const [GENERAL_BYTES, NARROW_BYTES] = [32, 16];
/** A right shift by 31 bits or more of an 8-bit code times 16 bits of scale leaves 0, as one by 30 does. */
const LARGEST_SHIFT = 30;

/**
 * `docs/spec/overlay.md`, interLayerV2 and interLayerV3, with bias and activation, exact for |acc + bias| below 2^51 and
 * |scale| below 2^17. Outputs [codes, counters]; the counters are optional, {@link CHANNEL_COUNTERS} of each channel: the first
 * three grow by the values clipped before scaling, by those clipped on output (without those that the activation cuts away),
 * and by the sums beyond the accumulator; the fourth becomes 1 where a code is not 0. Sums have any type: where there is no accumulator, codes stand in.
 */
export function overlayEpilogue(shape: OutputShape, end: Requantization): Epilogue {
  const table = aligned(shape.channels * GENERAL_BYTES);
  const sets = end.negative === undefined ? [end.positive] : [end.positive, end.negative];
  const narrow = narrowKernel(end, sets);
  const general = generalKernel(shape, end, 2 * table);
  const isRescaling = shape.channels === 1 && isPlain(end);
  const [low, high] = passing(end);
  const accumulator = accumulatorRange(end);
  return {
    shape,
    // Every set twice: as the general kernels and as the 8-bit kernels read it.
    constants: 2 * table * sets.length,
    prepare({ heap }, at) {
      sets.forEach((set, index) => {
        const parameters = parametersOf(shape.channels, end, set);
        heap.f64(at + 2 * table * index, parameters.length).set(parameters);
        narrow?.write(heap, at + 2 * table * index + table, set, parameters);
      });
    },
    apply({ kernels }, sums, range, outputs, constants) {
      const [codes, first] = outputs as [number, number?];
      const counters = first === undefined ? 0 : first + range.channel * COUNTER_BYTES;
      if (narrow !== undefined && sums.type === 'i32') {
        const positive = constants + table + range.channel * NARROW_BYTES;
        const negative = end.negative === undefined ? 0 : positive + 2 * table;
        const place = [
          sums.address,
          sums.stride,
          ...locationIn(shape, range, codes, CODES[end.bitsOut].bytes),
        ] as const;
        kernels[narrow.kernel](...place, positive, negative, low, high, ...accumulator, counters);
      } else if (counters === 0 && isRescaling && sums.type === 'i8') {
        const [scale = 0, shift = 0] = [end.positive.scale[0], end.positive.postscale[0]];
        const post = Math.min(LARGEST_SHIFT, shift);
        kernels.overlay_rescale_i8(sums.address, codes + range.pixel, range.pixels, scale, post, low, high);
      } else {
        general(kernels, sums, range, [codes, counters], constants);
      }
    },
  };
}

type GeneralKernel = (
  kernels: Kernels,
  sums: Sums,
  range: Range,
  outputs: [codes: number, counters: number],
  constants: number,
) => void;

/** The kernels for every type of sums and codes. `setBytes`: from the parameters of the positive set to those of the negative. */
function generalKernel(shape: OutputShape, end: Requantization, setBytes: number): GeneralKernel {
  const { smallest, largest, element, bytes } = CODES[end.bitsOut];
  const [prescaled, passed] = [prescaledRange(end), passing(end)];
  const { accumulatorBits } = end.interLayer;
  const limit = accumulatorBits === null ? Infinity : 2 ** (accumulatorBits - 1);
  return (kernels, { address, stride, type }, range, [codes, counters], constants) => {
    const positive = constants + range.channel * GENERAL_BYTES;
    const negative = end.negative === undefined ? 0 : positive + setBytes;
    kernels[`overlay_${type}_${element}`](
      address,
      stride,
      ...locationIn(shape, range, codes, bytes),
      positive,
      negative,
      ...prescaled,
      smallest,
      largest,
      ...passed,
      limit,
      counters,
    );
  };
}

/** The sums that are not beyond the overlay's accumulator, as far as int32 reaches. */
function accumulatorRange({ interLayer: { accumulatorBits } }: Requantization): [low: number, high: number] {
  const limit = 2 ** (Math.min(32, accumulatorBits ?? 32) - 1);
  return [-limit, limit - 1];
}

/** The codes that the activation lets through. */
function passing({ bitsOut, floor, ceiling }: Requantization): [low: number, high: number] {
  const { smallest, largest } = CODES[bitsOut];
  return [floor ?? smallest, Math.min(largest, ceiling ?? largest)];
}

/** The range that a value is clamped to before it is scaled. */
function prescaledRange({ interLayer, bitsOut }: Requantization): [low: number, high: number] {
  const bits = interLayer.prescaledBits === 'output' ? bitsOut : interLayer.prescaledBits;
  return bits === null ? [-Infinity, Infinity] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

const ofChannel = (values: ArrayLike<number>, channel: number): number => values[values.length === 1 ? 0 : channel]!;

/** Offset, 2^-pre, scale * 2^-post and bias of every channel, as the general kernels read them. */
function parametersOf(
  channels: number,
  { interLayer }: Requantization,
  { prescale, scale, postscale, bias }: Multipliers,
): Float64Array {
  const result = new Float64Array(channels * 4);
  for (let c = 0; c < channels; c++) {
    const code = bias === undefined ? 0 : ofChannel(bias, c);
    const [offset, added] = interLayer.biasStage === 'accumulator' ? [code * 2 ** interLayer.biasShift, 0] : [0, code];
    const pre = interLayer.usesPrescale ? ofChannel(prescale, c) : 0;
    result.set([offset, 2 ** -pre, ofChannel(scale, c) * 2 ** -ofChannel(postscale, c), added], c * 4);
  }
  return result;
}

/** A kernel from int32 sums to int8 codes, and how it reads the parameters of a channel. */
interface NarrowKernel {
  readonly kernel: 'overlay_v2_i32_i8' | 'overlay_v3_i32_i8';
  write(heap: Heap, at: number, multipliers: Multipliers, general: Float64Array): void;
}

/** Pre, scale, post and bias as int32: two shifts with a clamp to 8 bits between them. */
const shifting: NarrowKernel = {
  kernel: 'overlay_v2_i32_i8',
  write(heap, at, { prescale, scale, postscale, bias }, general) {
    for (let c = 0; c < general.length / 4; c++) {
      const code = bias === undefined ? 0 : ofChannel(bias, c);
      heap
        .i32(at + c * NARROW_BYTES, 4)
        .set([ofChannel(prescale, c), ofChannel(scale, c), ofChannel(postscale, c), code]);
    }
  },
};

/** Factor and offset as float64: one multiplication of the accumulator. */
const multiplying: NarrowKernel = {
  kernel: 'overlay_v3_i32_i8',
  write(heap, at, { postscale }, general) {
    for (let c = 0; c < general.length / 4; c++) {
      const [offset, factor] = [general[c * 4]!, general[c * 4 + 2]!];
      heap.f64(at + c * NARROW_BYTES, 2).set([factor, offset * factor + 2 ** -(ofChannel(postscale, c) + 2)]);
    }
  },
};

/** The 8-bit kernel that computes these sets of multipliers exactly; undefined: none. */
function narrowKernel(end: Requantization, sets: readonly Multipliers[]): NarrowKernel | undefined {
  const { biasStage, biasShift, usesPrescale, prescaledBits } = end.interLayer;
  if (CODES[end.bitsOut].element !== 'i8') return undefined;
  if (biasStage === 'code' && usesPrescale && prescaledBits === 'output')
    return sets.every(fitsShifting) ? shifting : undefined;
  if (biasStage === 'accumulator' && biasShift === 0 && !usesPrescale && prescaledBits === null)
    return sets.every(fitsMultiplying) ? multiplying : undefined;
  return undefined;
}

const within = (values: ArrayLike<number>, most: number): boolean =>
  Array.from(values).every((value) => value >= 0 && value <= most);

/** Shifts and products that int16 and int32 hold. */
function fitsShifting({ prescale, scale, postscale, bias }: Multipliers): boolean {
  return (
    within(scale, 255) &&
    within(prescale, 24) &&
    within(postscale, 8) &&
    Array.from(bias ?? []).every((code) => Math.abs(code) < 128)
  );
}

/** A product of 48 bits and its fraction of 40 bits, of which float64 holds those that matter. */
function fitsMultiplying({ scale, postscale }: Multipliers): boolean {
  return within(scale, 65535) && within(postscale, 40);
}

/** Whether 8-bit codes are multiplied and shifted, no more: every clamp before scaling holds them as they are. */
function isPlain({ interLayer, bitsOut, positive, negative }: Requantization): boolean {
  const isZero = (values: ArrayLike<number>): boolean => Array.from(values).every((value) => value === 0);
  return (
    CODES[bitsOut].element === 'i8' &&
    negative === undefined &&
    within(positive.scale, 65535) &&
    (!interLayer.usesPrescale || isZero(positive.prescale)) &&
    isZero(positive.bias ?? [])
  );
}
