// The overlay's steps between layers (docs/spec/overlay.md) in float64: every value is an integer, or a quotient by a power of
// two, below 2^52, so that only the floors round. A right shift by `shift` that rounds half up is floor(value * 2^-shift + 0.5).

import { loadDoubles, storeApart, storeLanes } from './lanes';

const HALF: f64 = 0.5;
/** Counts of three kinds in one 64-bit lane: 20 bits each hold half of a row of a million columns. */
const OUTPUT: i64 = 1 << 20;
const BEYOND: i64 = 1 << 40;

// @ts-ignore: decorator
@inline
function between(value: v128, low: v128, high: v128): v128 {
  return f64x2.pmin(f64x2.pmax(value, low), high);
}

/** floor((acc + offset) * 2^-pre + 0.5) */
// @ts-ignore: decorator
@inline
function prescaled(acc: v128, offset: v128, factor: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.mul(f64x2.add(acc, offset), factor), f64x2.splat(HALF)));
}

/** floor(clamped * scale * 2^-post + 0.5) */
// @ts-ignore: decorator
@inline
function scaled(pre: v128, preLow: v128, preHigh: v128, factor: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.mul(between(pre, preLow, preHigh), factor), f64x2.splat(HALF)));
}

/** Per lane the counts of a value clipped before scaling, of an output clipped before or after its bias, of an accumulator beyond its range. */
// @ts-ignore: decorator
@inline
function clips(
  acc: v128, offset: v128, prescale: v128, scale: v128, bias: v128, preLow: v128, preHigh: v128, low: v128, high: v128,
  countLow: v128, countHigh: v128, accLow: v128, accHigh: v128,
): v128 {
  const pre = prescaled(acc, offset, prescale);
  const code = scaled(pre, preLow, preHigh, scale);
  const sum = f64x2.add(between(code, low, high), bias);
  const clippedPre = v128.or(f64x2.lt(pre, preLow), f64x2.gt(pre, preHigh));
  const clippedCode = v128.or(f64x2.lt(code, countLow), f64x2.gt(code, countHigh));
  const clippedSum = v128.or(f64x2.lt(sum, countLow), f64x2.gt(sum, countHigh));
  const beyond = v128.or(f64x2.lt(acc, accLow), f64x2.gt(acc, accHigh));
  const outputs = v128.and(v128.or(clippedCode, clippedSum), i64x2.splat(OUTPUT));
  return i64x2.add(i64x2.sub(outputs, clippedPre), v128.and(beyond, i64x2.splat(BEYOND)));
}

/** One row's parameters: offset, 2^-pre, scale * 2^-post, bias. */
// @ts-ignore: decorator
@inline
function parameter(table: usize, row: i32, index: usize): v128 {
  return v128.load64_splat(table + ((<usize>row) << 5) + (index << 3));
}

/** The code of two accumulators: clamp(clamp(scaled) + bias). */
// @ts-ignore: decorator
@inline
function codeOf(
  acc: v128, offset: v128, prescale: v128, scale: v128, bias: v128, preLow: v128, preHigh: v128, low: v128, high: v128,
): v128 {
  const product = scaled(prescaled(acc, offset, prescale), preLow, preHigh, scale);
  return between(f64x2.add(between(product, low, high), bias), low, high);
}

/** `interLayer`, bias and activation for any accumulator and code type. src/kernels/twins/overlay.ts defines the parameters. */
// @ts-ignore: decorator
@inline
function interLayer<A, C>(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  const preLows = f64x2.splat(preLow), preHighs = f64x2.splat(preHigh), lows = f64x2.splat(low), highs = f64x2.splat(high);
  const floors = f64x2.splat(floor), ceilings = f64x2.splat(ceiling);
  // A value beyond the limit of the activation is no clip: the activation cuts it anyway.
  const countLows = f64x2.splat(floor > low ? -Infinity : low), countHighs = f64x2.splat(ceiling < high ? Infinity : high);
  const accLows = f64x2.splat(-accLimit), accHighs = f64x2.splat(accLimit - 1);
  const step = pixelStride * sizeof<C>();
  for (let row = 0; row < rows; row++, acc += accStride * sizeof<A>(), dst += rowStride * sizeof<C>()) {
    const offset = parameter(positive, row, 0), prescale = parameter(positive, row, 1);
    const scale = parameter(positive, row, 2), bias = parameter(positive, row, 3);
    let negativeOffset = offset, negativePrescale = prescale, negativeScale = scale, negativeBias = bias;
    if (negative) {
      negativeOffset = parameter(negative, row, 0);
      negativePrescale = parameter(negative, row, 1);
      negativeScale = parameter(negative, row, 2);
      negativeBias = parameter(negative, row, 3);
    }
    let counts = i64x2.splat(0), alive = counts;
    let from = acc;
    let to = dst;
    let left = columns;
    while (left > 0) {
      const four = left >= 4;
      const acc0 = four ? loadDoubles<A>(from, false) : f64x2.splat(<f64>load<A>(from));
      const acc1 = four ? loadDoubles<A>(from, true) : acc0;
      let code0 = codeOf(acc0, offset, prescale, scale, bias, preLows, preHighs, lows, highs);
      let code1 = codeOf(acc1, offset, prescale, scale, bias, preLows, preHighs, lows, highs);
      let clips0 = i64x2.splat(0), clips1 = clips0;
      if (counters) {
        clips0 = clips(
          acc0, offset, prescale, scale, bias, preLows, preHighs, lows, highs, countLows, countHighs, accLows, accHighs,
        );
        clips1 = clips(
          acc1, offset, prescale, scale, bias, preLows, preHighs, lows, highs, countLows, countHighs, accLows, accHighs,
        );
      }
      if (negative) {
        const below0 = f64x2.lt(code0, f64x2.splat(0)), below1 = f64x2.lt(code1, f64x2.splat(0));
        const negative0 = codeOf(acc0, negativeOffset, negativePrescale, negativeScale, negativeBias, preLows, preHighs, lows, highs);
        code0 = v128.bitselect(negative0, code0, below0);
        const negative1 = codeOf(acc1, negativeOffset, negativePrescale, negativeScale, negativeBias, preLows, preHighs, lows, highs);
        code1 = v128.bitselect(negative1, code1, below1);
        if (counters) {
          const negativeClips0 = clips(
            acc0, negativeOffset, negativePrescale, negativeScale, negativeBias, preLows, preHighs, lows, highs,
            countLows, countHighs, accLows, accHighs,
          );
          clips0 = v128.bitselect(negativeClips0, clips0, below0);
          const negativeClips1 = clips(
            acc1, negativeOffset, negativePrescale, negativeScale, negativeBias, preLows, preHighs, lows, highs,
            countLows, countHighs, accLows, accHighs,
          );
          clips1 = v128.bitselect(negativeClips1, clips1, below1);
        }
      }
      const codes = v128.shuffle<i64>(
        i32x4.trunc_sat_f64x2_s_zero(between(code0, floors, ceilings)),
        i32x4.trunc_sat_f64x2_s_zero(between(code1, floors, ceilings)),
        0, 2,
      );
      if (four) {
        counts = i64x2.add(counts, i64x2.add(clips0, clips1));
        alive = v128.or(alive, codes);
        if (step == sizeof<C>()) storeLanes<C>(to, codes);
        else storeApart<C>(to, step, codes);
        from += 4 * sizeof<A>(); to += step << 2; left -= 4;
      } else {
        counts = i64x2.add(counts, v128.and(clips0, i64x2(-1, 0)));
        alive = v128.or(alive, v128.and(codes, i32x4(-1, 0, 0, 0)));
        store<C>(to, <C>i32x4.extract_lane(codes, 0));
        from += sizeof<A>(); to += step; left--;
      }
    }
    if (counters) {
      const sum = i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1);
      store<i32>(counters, load<i32>(counters) + <i32>(sum & (OUTPUT - 1)));
      store<i32>(counters, load<i32>(counters, 4) + <i32>((sum >> 20) & (OUTPUT - 1)), 4);
      store<i32>(counters, load<i32>(counters, 8) + <i32>(sum >> 40), 8);
      if (v128.any_true(alive)) store<i32>(counters, 1, 12);
      counters += 16;
    }
  }
}

/** Overlay epilogue from int32 sums to int8 codes. */
export function overlay_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i32, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from float64 sums to int8 codes. */
export function overlay_f64_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<f64, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from int8 codes to int8 codes. */
export function overlay_i8_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i8, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from int16 codes to int8 codes. */
export function overlay_i16_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i16, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from int32 sums to int16 codes. */
export function overlay_i32_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i32, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from float64 sums to int16 codes. */
export function overlay_f64_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<f64, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from int8 codes to int16 codes. */
export function overlay_i8_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i8, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}

/** Overlay epilogue from int16 codes to int16 codes. */
export function overlay_i16_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  interLayer<i16, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, positive, negative, preLow, preHigh, low, high, floor, ceiling, accLimit, counters);
}
