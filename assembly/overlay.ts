// The overlay's steps between layers (OVERLAY.md) in float64: every value is an integer, or a quotient by a power of
// two, below 2^52, so nothing rounds but the floors. A right shift by s that rounds half up is floor(v * 2^-s + 0.5).

import { loadDoubles, storeApart, storeLanes } from './lanes';

const HALF: f64 = 0.5;
/** Counts of three kinds in one 64-bit lane: 20 bits each hold half of a row of a million columns. */
const OUTPUT: i64 = 1 << 20;
const BEYOND: i64 = 1 << 40;

// @ts-ignore: decorator
@inline
function between(v: v128, low: v128, high: v128): v128 {
  return f64x2.pmin(f64x2.pmax(v, low), high);
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

/** 1 per lane of another value than its clamp; the output and its sum with the bias count once. */
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

/** `interLayer`, bias and activation for any accumulator and code type; see the table for the meaning. */
// @ts-ignore: decorator
@inline
function interLayer<A, C>(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, preLow: f64, preHigh: f64, low: f64, high: f64, floor: f64, ceiling: f64,
  accLimit: f64, counters: usize,
): void {
  const pl = f64x2.splat(preLow), ph = f64x2.splat(preHigh), lo = f64x2.splat(low), hi = f64x2.splat(high);
  const fl = f64x2.splat(floor), ce = f64x2.splat(ceiling);
  // What an activation cuts away anyway is no clip.
  const cl = f64x2.splat(floor > low ? -Infinity : low), ch = f64x2.splat(ceiling < high ? Infinity : high);
  const al = f64x2.splat(-accLimit), ah = f64x2.splat(accLimit - 1);
  const step = pixelStride * sizeof<C>();
  let pres: i64 = 0, outs: i64 = 0, beyond: i64 = 0;
  for (let row = 0; row < rows; row++, acc += accStride * sizeof<A>(), dst += rowStride * sizeof<C>()) {
    const o = parameter(positive, row, 0), p = parameter(positive, row, 1), s = parameter(positive, row, 2), b = parameter(positive, row, 3);
    let no = o, np = p, ns = s, nb = b;
    if (negative) {
      no = parameter(negative, row, 0); np = parameter(negative, row, 1); ns = parameter(negative, row, 2); nb = parameter(negative, row, 3);
    }
    let counts = i64x2.splat(0);
    let from = acc;
    let to = dst;
    let left = columns;
    while (left > 0) {
      const four = left >= 4;
      const a0 = four ? loadDoubles<A>(from, false) : f64x2.splat(<f64>load<A>(from));
      const a1 = four ? loadDoubles<A>(from, true) : a0;
      let y0 = between(f64x2.add(between(scaled(prescaled(a0, o, p), pl, ph, s), lo, hi), b), lo, hi);
      let y1 = between(f64x2.add(between(scaled(prescaled(a1, o, p), pl, ph, s), lo, hi), b), lo, hi);
      let c0 = i64x2.splat(0), c1 = c0;
      if (counters) {
        c0 = clips(a0, o, p, s, b, pl, ph, lo, hi, cl, ch, al, ah);
        c1 = clips(a1, o, p, s, b, pl, ph, lo, hi, cl, ch, al, ah);
      }
      if (negative) {
        const m0 = f64x2.lt(y0, f64x2.splat(0)), m1 = f64x2.lt(y1, f64x2.splat(0));
        y0 = v128.bitselect(between(f64x2.add(between(scaled(prescaled(a0, no, np), pl, ph, ns), lo, hi), nb), lo, hi), y0, m0);
        y1 = v128.bitselect(between(f64x2.add(between(scaled(prescaled(a1, no, np), pl, ph, ns), lo, hi), nb), lo, hi), y1, m1);
        if (counters) {
          c0 = v128.bitselect(clips(a0, no, np, ns, nb, pl, ph, lo, hi, cl, ch, al, ah), c0, m0);
          c1 = v128.bitselect(clips(a1, no, np, ns, nb, pl, ph, lo, hi, cl, ch, al, ah), c1, m1);
        }
      }
      const codes = v128.shuffle<i64>(
        i32x4.trunc_sat_f64x2_s_zero(between(y0, fl, ce)), i32x4.trunc_sat_f64x2_s_zero(between(y1, fl, ce)), 0, 2,
      );
      if (four) {
        counts = i64x2.add(counts, i64x2.add(c0, c1));
        if (step == sizeof<C>()) storeLanes<C>(to, codes);
        else storeApart<C>(to, step, codes);
        from += 4 * sizeof<A>(); to += step << 2; left -= 4;
      } else {
        counts = i64x2.add(counts, v128.and(c0, i64x2(-1, 0)));
        store<C>(to, <C>i32x4.extract_lane(codes, 0));
        from += sizeof<A>(); to += step; left--;
      }
    }
    const sum = i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1);
    pres += sum & (OUTPUT - 1);
    outs += (sum >> 20) & (OUTPUT - 1);
    beyond += sum >> 40;
  }
  if (counters) {
    store<i32>(counters, load<i32>(counters) + <i32>pres);
    store<i32>(counters, load<i32>(counters, 4) + <i32>outs, 4);
    store<i32>(counters, load<i32>(counters, 8) + <i32>beyond, 8);
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
