import type { Heap } from '../heap.js';
import {
  type Arguments,
  both,
  derived,
  type Element,
  input,
  oneOf,
  output,
  type Parameter,
  row,
  size,
} from '../row.js';
import { placed } from './grid.js';

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
/** Half up, towards +infinity: a right shift by s of an integer below 2^51, given v * 2^-s, which is exact. */
const roundHalfUp = (value: number): number => Math.floor(value + 0.5);

/** One value on its way through a layer's end, and where it was clipped. */
interface Step {
  readonly code: number;
  readonly prescale: boolean;
  readonly output: boolean;
}

/** Bounds shared by all elements of a call. */
interface Bounds {
  readonly preLow: number;
  readonly preHigh: number;
  readonly low: number;
  readonly high: number;
  readonly floor: number;
  readonly ceiling: number;
}

/**
 * clamp(clamp(rsh(clamp(rsh(acc + offset, pre)) * scale, post)) + bias) of docs/spec/overlay.md, "interLayerV2" and "interLayerV3", the
 * parameters of a channel as four doubles at `table`: offset, 2^-pre, scale * 2^-post, bias. What the activation
 * (floor, ceiling) cuts away anyway is no clip.
 */
function interLayer(heap: Heap, table: number, acc: number, bounds: Bounds): Step {
  return stepBy(Array.from(heap.f64(table, 4)), acc, bounds);
}

function stepBy(parameters: number[], acc: number, { preLow, preHigh, low, high, floor, ceiling }: Bounds): Step {
  const [offset, prescale, scale, bias] = parameters as [number, number, number, number];
  const pre = roundHalfUp((acc + offset) * prescale);
  const scaled = roundHalfUp(clamp(pre, preLow, preHigh) * scale);
  const sum = clamp(scaled, low, high) + bias;
  const beyond = (value: number): boolean => (floor <= low && value < low) || (ceiling >= high && value > high);
  return {
    code: clamp(sum, low, high),
    prescale: pre < preLow || pre > preHigh,
    output: beyond(scaled) || beyond(sum),
  };
}

/**
 * Overlay epilogue: codes from sums (or codes), row by row. `positive`: parameters per row as `interLayer` takes them;
 * `negative` (0: none): those used instead where the first result is below 0 (leaky ReLU, PReLU). Then floor..ceiling.
 * `counters` (0: none) has four int32 per row: clips before scaling, clips of the output and sums outside
 * -accLimit..accLimit - 1 are added to the first three, the fourth becomes 1 where a code is not 0.
 */
function overlay(from: Element, to: Element) {
  return (
    heap: Heap,
    acc: number,
    accStride: number,
    dst: number,
    rowStride: number,
    pixelStride: number,
    rows: number,
    columns: number,
    positive: number,
    negative: number,
    preLow: number,
    preHigh: number,
    low: number,
    high: number,
    floor: number,
    ceiling: number,
    accLimit: number,
    counters: number,
  ): void => {
    const { [from]: sums, [to]: codes, i32 } = heap.all;
    const bounds = { preLow, preHigh, low, high, floor, ceiling };
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const sum = sums[acc / sums.BYTES_PER_ELEMENT + r * accStride + c]!;
        let step = interLayer(heap, positive + r * 32, sum, bounds);
        if (negative !== 0 && step.code < 0) step = interLayer(heap, negative + r * 32, sum, bounds);
        const code = clamp(step.code, floor, ceiling);
        codes[dst / codes.BYTES_PER_ELEMENT + r * rowStride + c * pixelStride] = code;
        const isBeyond = sum < -accLimit || sum > accLimit - 1;
        if (counters !== 0) count(i32, counters / 4 + 4 * r, { ...step, code }, isBeyond);
      }
    }
  };
}

/** Adds what became of a sum to the four int32 at an index. */
function count(counters: Int32Array, at: number, { code, prescale, output }: Step, isBeyond: boolean): void {
  counters[at]! += prescale ? 1 : 0;
  counters[at + 1]! += output ? 1 : 0;
  counters[at + 2]! += isBeyond ? 1 : 0;
  if (code !== 0) counters[at + 3] = 1;
}

type StepOf = (heap: Heap, table: number, acc: number, limits: Pick<Bounds, 'floor' | 'ceiling'>) => Step;

/**
 * What the two 8-bit kernels share: `stepOf` takes a sum by the parameters of a row in a table. Counters as above; sums outside
 * accLow..accHigh are beyond the accumulator.
 */
function overlay8(stepOf: StepOf) {
  return (
    heap: Heap,
    acc: number,
    accStride: number,
    dst: number,
    rowStride: number,
    pixelStride: number,
    rows: number,
    columns: number,
    positive: number,
    negative: number,
    floor: number,
    ceiling: number,
    accLow: number,
    accHigh: number,
    counters: number,
  ): void => {
    const { i32, i8 } = heap.all;
    const limits = { floor, ceiling };
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const sum = i32[acc / 4 + r * accStride + c]!;
        let step = stepOf(heap, positive + r * 16, sum, limits);
        if (negative !== 0 && step.code < 0) step = stepOf(heap, negative + r * 16, sum, limits);
        const code = clamp(step.code, floor, ceiling);
        i8[dst + r * rowStride + c * pixelStride] = code;
        const isBeyond = sum < accLow || sum > accHigh;
        if (counters !== 0) count(i32, counters / 4 + 4 * r, { ...step, code }, isBeyond);
      }
    }
  };
}

/** interLayerV2 at 8 bits from int32 sums; parameters of a row as int32: pre (at most 24), scale (0..255), post (at most 8), bias (a code). */
const overlayV2 = overlay8((heap, table, acc, limits) => {
  const [pre, scale, post, bias] = heap.i32(table, 4) as unknown as [number, number, number, number];
  const bounds = { preLow: -128, preHigh: 127, low: -128, high: 127, ...limits };
  return stepBy([0, 2 ** -pre, scale * 2 ** -post, bias], acc, bounds);
});

/**
 * interLayerV3 at 8 bits from int32 sums: acc * factor + offset to the nearest code; parameters of a row as float64: factor =
 * scale * 2^-post (scale 0..65535, post at most 40), offset = bias * factor + 2^-(post + 2), so that nothing is a tie.
 */
const overlayV3 = overlay8((heap, table, acc, { floor, ceiling }) => {
  const [factor, offset] = heap.f64(table, 2) as unknown as [number, number];
  const scaled = roundHalfUp(acc * factor + offset);
  const output = (floor <= -128 && scaled < -128) || (ceiling >= 127 && scaled > 127);
  return { code: clamp(scaled, -128, 127), prescale: false, output };
});

/** clamp(rsh(code * scale, post)) of int8 codes, then floor..ceiling; scale 0..65535, post at most 30. In place if need be. */
function overlayRescale(
  heap: Heap,
  src: number,
  dst: number,
  count: number,
  scale: number,
  post: number,
  floor: number,
  ceiling: number,
): void {
  const { i8 } = heap.all;
  for (let i = 0; i < count; i++)
    i8[dst + i] = clamp(clamp(roundHalfUp(i8[src + i]! * scale * 2 ** -post), -128, 127), floor, ceiling);
}

const perRow = (given: Arguments): number => given['rows']! * 4;
const triples = {
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: given['rows']! }, () => [
      [0, random(2 ** 24) - 2 ** 23][random(2)]!,
      2 ** -random(17),
      random(257) * 2 ** -random(33),
      [0, random(255) - 127][random(2)]!,
    ]).flat(),
};
const sums = {
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: given['rows']! * given['accStride']! }, () => (random(2 ** 31) - 2 ** 30) >> random(30)),
};
const wide = {
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: given['rows']! * given['accStride']! }, () =>
      Math.floor((random(2 ** 31) - 2 ** 30) * 2 ** (random(46) - 30)),
    ),
};

const counters = both('counters', 'i32', perRow, {
  optional: true,
  fill: (given, random) => Array.from({ length: given['rows']! }, (_, r) => [r + 1, 2, 3, random(2)]).flat(),
});

function parameters(from: Element, to: 'i8' | 'i16'): Parameter[] {
  const high = to === 'i8' ? 127 : 32767;
  return [
    input(
      'acc',
      from,
      (given) => given['rows']! * given['accStride']!,
      from === 'f64' ? wide : from === 'i32' ? sums : {},
    ),
    derived('accStride', (given) => [given['columns']!, given['columns']! + 3]),
    ...placed(to),
    size('rows', 1),
    size('columns', 4),
    input('positive', 'f64', perRow, triples),
    input('negative', 'f64', perRow, { ...triples, optional: true }),
    oneOf('preLow', -high - 1, -8388608, -Infinity),
    derived('preHigh', (given) => [-given['preLow']! - 1]),
    oneOf('low', -high - 1),
    oneOf('high', high),
    oneOf('floor', -high - 1, 0),
    oneOf('ceiling', high, 90),
    oneOf('accLimit', 8388608, Infinity),
    counters,
  ];
}

/** Signature of the 8-bit kernels; tables are filled with `words` numbers a row. */
function parameters8(
  element: 'i32' | 'f64',
  words: number,
  one: (random: (below: number) => number) => number[],
): Parameter[] {
  const table = {
    fill: (given: Arguments, random: (below: number) => number) =>
      Array.from({ length: given['rows']! }, () => one(random)).flat(),
  };
  const count = (given: Arguments): number => given['rows']! * words;
  return [
    ...parameters('i32', 'i8').slice(0, 7),
    input('positive', element, count, table),
    input('negative', element, count, { ...table, optional: true }),
    oneOf('floor', -128, 0),
    oneOf('ceiling', 127, 90),
    oneOf('accLow', -8388608, -2147483648),
    derived('accHigh', (given) => [-given['accLow']! - 1]),
    counters,
  ];
}

const shifts = (random: (below: number) => number): number[] => [random(25), random(256), random(9), random(256) - 128];
const factors = (random: (below: number) => number): number[] => {
  const post = random(41);
  const factor = random(65536) * 2 ** -post;
  return [factor, (random(2 ** 24) - 2 ** 23) * factor + 2 ** -(post + 2)];
};

const overlayRow = (from: Element, to: 'i8' | 'i16') => row(parameters(from, to), overlay(from, to));

export const overlayRows = {
  overlay_v2_i32_i8: row(parameters8('i32', 4, shifts), overlayV2),
  overlay_rescale_i8: row(
    [
      input('src', 'i8', (given) => given['count']!),
      output('dst', 'i8', (given) => given['count']!),
      size('count', 8),
      oneOf('scale', 0, 1, 200, 255, 65535),
      oneOf('post', 0, 1, 8, 16, 30),
      oneOf('floor', -128, 0),
      oneOf('ceiling', 127, 90),
    ],
    overlayRescale,
    [['src', 'dst']],
  ),
  overlay_v3_i32_i8: row(parameters8('f64', 2, factors), overlayV3),
  overlay_i32_i8: overlayRow('i32', 'i8'),
  overlay_f64_i8: overlayRow('f64', 'i8'),
  overlay_i8_i8: overlayRow('i8', 'i8'),
  overlay_i16_i8: overlayRow('i16', 'i8'),
  overlay_i32_i16: overlayRow('i32', 'i16'),
  overlay_f64_i16: overlayRow('f64', 'i16'),
  overlay_i8_i16: overlayRow('i8', 'i16'),
  overlay_i16_i16: overlayRow('i16', 'i16'),
};
