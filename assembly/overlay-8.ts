// The overlay's 8-bit steps from int32 sums, the common case: v2 in int16, eight lanes at a time, v3 with one float64
// multiplication. Counters of a row are four int32, as in overlay.ts; the address 0: nothing is counted.

import { addCounts, countLanes } from './lanes';

/** rsh(acc, pre), or at least 127 for both where the sum with half a unit would overflow: pre is at most 24. */
// @ts-ignore: decorator
@inline
function rounded(acc: v128, pre: i32, unit: v128, most: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.min_s(acc, most), unit), pre);
}

/**
 * rsh(clamp(rsh(acc, pre)) * scale, post) of eight accumulators as int16. It is exact, since post is at most 8:
 * 127 * 255 + 128 < 2^15, and -128 * 255 > -2^15.
 */
// @ts-ignore: decorator
@inline
function scaledEight(acc0: v128, acc1: v128, pre: i32, unit: v128, most: v128, scale: v128, half: v128, post: i32): v128 {
  const wide = i16x8.narrow_i32x4_s(rounded(acc0, pre, unit, most), rounded(acc1, pre, unit, most));
  const code = i16x8.min_s(i16x8.max_s(wide, i16x8.splat(-128)), i16x8.splat(127));
  return i16x8.shr_s(i16x8.add_sat_s(i16x8.mul(code, scale), half), post);
}

/** Eight codes, in both halves of the result. Narrowing and saturating are the clamps. */
// @ts-ignore: decorator
@inline
function biased(scaled: v128, bias: v128): v128 {
  return i8x16.add_sat_s(i8x16.narrow_i16x8_s(scaled, scaled), bias);
}

/** One row's int32 parameters: pre, scale, post, bias. */
// @ts-ignore: decorator
@inline
function parameter(table: usize, row: i32, index: usize): i32 {
  return load<i32>(table + ((<usize>row) << 4) + (index << 2));
}

/** Half of 2^shift, 0 for shift 0. */
// @ts-ignore: decorator
@inline
function halfUnit(shift: i32): i32 {
  return (1 << shift) >> 1;
}

/** Codes in the low lanes, one by one where they stand apart or fewer than eight are left. */
function storeSome(to: usize, step: usize, codes: v128, count: i32): void {
  let low = i64x2.extract_lane(codes, 0);
  for (let i = min(count, 8); i > 0; i--, to += step, low >>= 8) store<i8>(to, <i8>low);
}

/** The largest accumulator that is not clipped before scaling, and the smallest: rsh(acc, pre) within a code. */
// @ts-ignore: decorator
@inline
function mostUnclipped(pre: i32): v128 {
  return i32x4.splat(<i32>(((<i64>128) << pre) - <i64>halfUnit(pre) - 1));
}

// @ts-ignore: decorator
@inline
function leastUnclipped(pre: i32): v128 {
  return i32x4.splat(<i32>max<i64>(i32.MIN_VALUE, ((<i64>-128) << pre) - <i64>halfUnit(pre)));
}

/** Whether four int32 are outside a range, each as a mask. */
// @ts-ignore: decorator
@inline
function outside(acc: v128, least: v128, most: v128): v128 {
  return v128.or(i32x4.lt_s(acc, least), i32x4.gt_s(acc, most));
}

/**
 * Whether eight outputs are clipped, before or after the bias, as masks of int16: then the code is not the sum of both, which fits
 * int16. `low`, `high`: masks of what is counted: codes above the sum, codes below it.
 */
// @ts-ignore: decorator
@inline
function clippedEight(scaled: v128, codes: v128, bias: v128, low: v128, high: v128): v128 {
  const sum = i16x8.add(scaled, i16x8.extend_low_i8x16_s(bias)), code = i16x8.extend_low_i8x16_s(codes);
  return v128.or(v128.and(i16x8.gt_s(code, sum), low), v128.and(i16x8.lt_s(code, sum), high));
}

/** interLayerV2 at 8 bits. */
export function overlay_v2_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, floor: i32, ceiling: i32, accLow: i32, accHigh: i32, counters: usize,
): void {
  // A value beyond the limit of the activation is no clip: the activation cuts it anyway.
  const countLow = i16x8.splat(floor > -128 ? 0 : -1), countHigh = i16x8.splat(ceiling < 127 ? 0 : -1);
  const accLows = i32x4.splat(accLow), accHighs = i32x4.splat(accHigh);
  const floors = i8x16.splat(<i8>floor), ceilings = i8x16.splat(<i8>ceiling);
  const table = negative ? negative : positive;
  for (let row = 0; row < rows; row++, acc += accStride << 2, dst += rowStride) {
    const pre = parameter(positive, row, 0), post = parameter(positive, row, 2);
    const unit = i32x4.splat(halfUnit(pre)), most = i32x4.splat(i32.MAX_VALUE - halfUnit(pre)), half = i16x8.splat(<i16>halfUnit(post));
    const scale = i16x8.splat(<i16>parameter(positive, row, 1)), bias = i8x16.splat(<i8>parameter(positive, row, 3));
    const negativePre = parameter(table, row, 0), negativePost = parameter(table, row, 2);
    const negativeUnit = i32x4.splat(halfUnit(negativePre)), negativeMost = i32x4.splat(i32.MAX_VALUE - halfUnit(negativePre));
    const negativeHalf = i16x8.splat(<i16>halfUnit(negativePost));
    const negativeScale = i16x8.splat(<i16>parameter(table, row, 1)), negativeBias = i8x16.splat(<i8>parameter(table, row, 3));
    const preMost = mostUnclipped(pre), preLeast = leastUnclipped(pre);
    const negativePreMost = mostUnclipped(negativePre), negativePreLeast = leastUnclipped(negativePre);
    const tightMost = i32x4.min_s(accHighs, i32x4.min_s(preMost, negativePreMost));
    const tightLeast = i32x4.max_s(accLows, i32x4.max_s(preLeast, negativePreLeast));
    let clippedPre = i32x4.splat(0), clippedOut = clippedPre, beyond = clippedPre, alive = clippedPre;
    let from = acc;
    let to = dst;
    for (let left = columns; left > 0; left -= 8, from += 32, to += pixelStride << 3) {
      const acc0 = v128.load(from), acc1 = v128.load(from, 16);
      const scaled = scaledEight(acc0, acc1, pre, unit, most, scale, half, post);
      let codes = biased(scaled, bias), out = i16x8.splat(0), below = out;
      if (counters) out = clippedEight(scaled, codes, bias, countLow, countHigh);
      if (negative) {
        const other = scaledEight(
          acc0, acc1, negativePre, negativeUnit, negativeMost, negativeScale, negativeHalf, negativePost,
        );
        const otherCodes = biased(other, negativeBias);
        below = i16x8.extend_low_i8x16_s(i8x16.lt_s(codes, i8x16.splat(0)));
        if (counters) out = v128.bitselect(clippedEight(other, otherCodes, negativeBias, countLow, countHigh), out, below);
        codes = v128.bitselect(otherCodes, codes, i8x16.lt_s(codes, i8x16.splat(0)));
      }
      codes = i8x16.min_s(i8x16.max_s(codes, floors), ceilings);
      if (counters) {
        // Most groups hold nothing to count.
        const far = v128.or(outside(acc0, tightLeast, tightMost), outside(acc1, tightLeast, tightMost));
        if (left < 8 || v128.any_true(v128.or(far, out))) {
          const valid0 = countLanes(left), valid1 = countLanes(left - 4), valid = i16x8.narrow_i32x4_s(valid0, valid1);
          let pre0 = outside(acc0, preLeast, preMost), pre1 = outside(acc1, preLeast, preMost);
          if (negative) {
            pre0 = v128.bitselect(outside(acc0, negativePreLeast, negativePreMost), pre0, i32x4.extend_low_i16x8_s(below));
            pre1 = v128.bitselect(outside(acc1, negativePreLeast, negativePreMost), pre1, i32x4.extend_high_i16x8_s(below));
          }
          clippedPre = i32x4.sub(clippedPre, i32x4.add(v128.and(pre0, valid0), v128.and(pre1, valid1)));
          clippedOut = i32x4.sub(clippedOut, i32x4.extadd_pairwise_i16x8_s(v128.and(out, valid)));
          const far0 = v128.and(outside(acc0, accLows, accHighs), valid0), far1 = v128.and(outside(acc1, accLows, accHighs), valid1);
          beyond = i32x4.sub(beyond, i32x4.add(far0, far1));
          alive = v128.or(alive, v128.and(codes, i8x16.narrow_i16x8_s(valid, valid)));
        } else {
          alive = v128.or(alive, codes);
        }
      }
      if (left >= 8 && pixelStride == 1) v128.store_lane<i64>(to, codes, 0);
      else storeSome(to, pixelStride, codes, left);
    }
    if (counters) addCounts(counters + ((<usize>row) << 4), clippedPre, clippedOut, beyond, alive);
  }
}

/** 1.5 * 2^52: added to a small float64 it rounds it to a whole number, ties to even, whose bits end the sum's. */
const MAGIC: f64 = 6755399441055744;

/** round(acc * factor + offset) of four lanes within low..high. */
// @ts-ignore: decorator
@inline
function four(from: usize, factor: v128, offset: v128, low: v128, high: v128): v128 {
  const magic = f64x2.splat(MAGIC);
  const a = f64x2.convert_low_i32x4_s(v128.load64_zero(from)), b = f64x2.convert_low_i32x4_s(v128.load64_zero(from, 8));
  const y0 = f64x2.add(f64x2.pmin(f64x2.pmax(f64x2.add(f64x2.mul(a, factor), offset), low), high), magic);
  const y1 = f64x2.add(f64x2.pmin(f64x2.pmax(f64x2.add(f64x2.mul(b, factor), offset), low), high), magic);
  return v128.shuffle<i32>(y0, y1, 0, 2, 4, 6);
}

/**
 * Whether the rounded value of each of four lanes is outside a code's range, as a mask of int32; `low`, `high`: the ends of the
 * range and a half, which no value is.
 */
// @ts-ignore: decorator
@inline
function clippedFour(from: usize, factor: v128, offset: v128, low: v128, high: v128): v128 {
  const a = f64x2.convert_low_i32x4_s(v128.load64_zero(from)), b = f64x2.convert_low_i32x4_s(v128.load64_zero(from, 8));
  const y0 = f64x2.add(f64x2.mul(a, factor), offset), y1 = f64x2.add(f64x2.mul(b, factor), offset);
  const clipped0 = v128.or(f64x2.lt(y0, low), f64x2.gt(y0, high)), clipped1 = v128.or(f64x2.lt(y1, low), f64x2.gt(y1, high));
  return v128.shuffle<i32>(clipped0, clipped1, 0, 2, 4, 6);
}

/**
 * interLayerV3 at 8 bits: rsh((acc + bias) * scale, post) is the floor of acc * factor + bias * factor + 0.5, factor =
 * scale * 2^-post; moved down by a half less a quarter of its unit 2^-post, no value is a tie and rounding to the
 * nearest is that floor. 48 bits and two more: exact. Parameters of a row: factor, offset = bias * factor + 2^-(post + 2).
 */
export function overlay_v3_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, floor: i32, ceiling: i32, accLow: i32, accHigh: i32, counters: usize,
): void {
  // A value beyond the limit of the activation is no clip: the activation cuts it anyway.
  const countLow = f64x2.splat(floor > -128 ? -Infinity : -128.5), countHigh = f64x2.splat(ceiling < 127 ? Infinity : 127.5);
  const accLows = i32x4.splat(accLow), accHighs = i32x4.splat(accHigh), none = i32x4.splat(0);
  const low = f64x2.splat(negative ? -128 : <f64>floor), high = f64x2.splat(negative ? 127 : <f64>ceiling);
  const floors = i8x16.splat(<i8>floor), ceilings = i8x16.splat(<i8>ceiling);
  const table = negative ? negative : positive;
  for (let row: usize = 0; row < <usize>rows; row++, acc += accStride << 2, dst += rowStride) {
    const factor = v128.load64_splat(positive + (row << 4)), offset = v128.load64_splat(positive + (row << 4), 8);
    const negativeFactor = v128.load64_splat(table + (row << 4)), negativeOffset = v128.load64_splat(table + (row << 4), 8);
    let clippedOut = none, beyond = none, alive = none;
    let from = acc;
    let to = dst;
    for (let left = columns; left > 0; left -= 8, from += 32, to += pixelStride << 3) {
      const words = i16x8.narrow_i32x4_s(four(from, factor, offset, low, high), four(from + 16, factor, offset, low, high));
      let codes = i8x16.narrow_i16x8_s(words, words);
      const below = i8x16.lt_s(codes, i8x16.splat(0));
      if (negative) {
        const other = i16x8.narrow_i32x4_s(
          four(from, negativeFactor, negativeOffset, low, high), four(from + 16, negativeFactor, negativeOffset, low, high),
        );
        codes = v128.bitselect(i8x16.narrow_i16x8_s(other, other), codes, below);
        codes = i8x16.min_s(i8x16.max_s(codes, floors), ceilings);
      }
      if (counters) {
        let out0 = clippedFour(from, factor, offset, countLow, countHigh);
        let out1 = clippedFour(from + 16, factor, offset, countLow, countHigh);
        if (negative) {
          const wide = i16x8.extend_low_i8x16_s(below);
          const other0 = clippedFour(from, negativeFactor, negativeOffset, countLow, countHigh);
          const other1 = clippedFour(from + 16, negativeFactor, negativeOffset, countLow, countHigh);
          out0 = v128.bitselect(other0, out0, i32x4.extend_low_i16x8_s(wide));
          out1 = v128.bitselect(other1, out1, i32x4.extend_high_i16x8_s(wide));
        }
        const valid0 = countLanes(left), valid1 = countLanes(left - 4), valid = i16x8.narrow_i32x4_s(valid0, valid1);
        clippedOut = i32x4.sub(clippedOut, i32x4.add(v128.and(out0, valid0), v128.and(out1, valid1)));
        const far0 = v128.and(outside(v128.load(from), accLows, accHighs), valid0);
        const far1 = v128.and(outside(v128.load(from, 16), accLows, accHighs), valid1);
        beyond = i32x4.sub(beyond, i32x4.add(far0, far1));
        alive = v128.or(alive, v128.and(codes, i8x16.narrow_i16x8_s(valid, valid)));
      }
      if (left >= 8 && pixelStride == 1) v128.store_lane<i64>(to, codes, 0);
      else storeSome(to, pixelStride, codes, left);
    }
    if (counters) addCounts(counters + (row << 4), none, clippedOut, beyond, alive);
  }
}

/** rsh(code * scale, post) of four codes: 7 + 16 bits and half a unit of at most 2^30 fit int32. */
// @ts-ignore: decorator
@inline
function rescaled(codes: v128, scale: v128, half: v128, post: i32): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.mul(codes, scale), half), post);
}

/** int8 codes of one threshold to those of another: clamp(rsh(code * scale, post)), post at most 30. */
export function overlay_rescale_i8(src: usize, dst: usize, count: i32, scale: i32, post: i32, floor: i32, ceiling: i32): void {
  const scales = i32x4.splat(scale), half = i32x4.splat(halfUnit(post)), floors = i8x16.splat(<i8>floor), ceilings = i8x16.splat(<i8>ceiling);
  for (; count > 0; count -= 8, src += 8, dst += 8) {
    const before = v128.load_ext<i8>(src);
    const near = rescaled(i32x4.extend_low_i16x8_s(before), scales, half, post);
    const far = rescaled(i32x4.extend_high_i16x8_s(before), scales, half, post);
    const words = i16x8.narrow_i32x4_s(near, far);
    const codes = i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(words, words), floors), ceilings);
    if (count >= 8) v128.store_lane<i64>(dst, codes, 0);
    else storeSome(dst, 1, codes, count);
  }
}
