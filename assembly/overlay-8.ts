// The overlay's 8-bit steps from int32 sums, the common case, four lanes at a time: v2 in int32, v3 with one multiplication.

import { storeApart, storeLanes } from './lanes';

// @ts-ignore: decorator
@inline
function clamp(v: v128, low: v128, high: v128): v128 {
  return i32x4.min_s(i32x4.max_s(v, low), high);
}

/** rsh(acc, pre): `(v >> pre) + (v >> (pre - 1) & 1)` cannot overflow; `bit` is 0 for pre 0. */
// @ts-ignore: decorator
@inline
function prescaled(acc: v128, pre: i32, bit: v128): v128 {
  return i32x4.add(i32x4.shr_s(acc, pre), v128.and(i32x4.shr_s(acc, max(pre - 1, 0)), bit));
}

/** rsh(clamped * scale, post): 8 + 16 bits and half a unit of 2^post, post at most 30, fit 31 bits. */
// @ts-ignore: decorator
@inline
function scaled(clamped: v128, scale: v128, post: i32, half: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.mul(clamped, scale), half), post);
}

/** One row's int32 parameters: pre, scale, post, bias. */
// @ts-ignore: decorator
@inline
function parameter(table: usize, row: i32, index: usize): i32 {
  return load<i32>(table + ((<usize>row) << 4) + (index << 2));
}

// @ts-ignore: decorator
@inline
function outside(v: v128, low: v128, high: v128): v128 {
  return v128.or(i32x4.lt_s(v, low), i32x4.gt_s(v, high));
}

// @ts-ignore: decorator
@inline
function total(counts: v128): i32 {
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1) + i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
}

// @ts-ignore: decorator
@inline
function grow(counters: usize, pres: v128, outs: v128, beyond: v128): void {
  store<i32>(counters, load<i32>(counters) + total(pres));
  store<i32>(counters, load<i32>(counters, 4) + total(outs), 4);
  store<i32>(counters, load<i32>(counters, 8) + total(beyond), 8);
}

/** Codes of one, two, three or four lanes. */
// @ts-ignore: decorator
@inline
function storeCodes(to: usize, step: usize, codes: v128, count: i32): void {
  if (count >= 4) {
    if (step == 1) storeLanes<i8>(to, codes);
    else storeApart<i8>(to, step, codes);
    return;
  }
  store<i8>(to, <i8>i32x4.extract_lane(codes, 0));
  if (count > 1) store<i8>(to + step, <i8>i32x4.extract_lane(codes, 1));
  if (count > 2) store<i8>(to + (step << 1), <i8>i32x4.extract_lane(codes, 2));
}

/** interLayerV2 at 8 bits. */
export function overlay_v2_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, floor: i32, ceiling: i32, counters: usize,
): void {
  const lo = i32x4.splat(-128), hi = i32x4.splat(127), fl = i32x4.splat(floor), ce = i32x4.splat(ceiling);
  const cl = i32x4.splat(floor > -128 ? i32.MIN_VALUE : -128), ch = i32x4.splat(ceiling < 127 ? i32.MAX_VALUE : 127);
  const al = i32x4.splat(-8388608), ah = i32x4.splat(8388607);
  let pres = i32x4.splat(0), outs = pres, beyond = pres;
  for (let row = 0; row < rows; row++, acc += accStride << 2, dst += rowStride) {
    const pre = parameter(positive, row, 0), post = parameter(positive, row, 2);
    const bit = i32x4.splat(i32(pre > 0)), half = i32x4.splat((1 << post) >> 1);
    const scale = i32x4.splat(parameter(positive, row, 1)), bias = i32x4.splat(parameter(positive, row, 3));
    const table = negative ? negative : positive;
    const npre = parameter(table, row, 0), npost = parameter(table, row, 2);
    const nbit = i32x4.splat(i32(npre > 0)), nhalf = i32x4.splat((1 << npost) >> 1);
    const nscale = i32x4.splat(parameter(table, row, 1)), nbias = i32x4.splat(parameter(table, row, 3));
    let from = acc;
    let to = dst;
    for (let left = columns; left > 0; left -= 4, from += 16, to += pixelStride << 2) {
      const a = v128.load(from);
      let p = prescaled(a, pre, bit);
      let s = scaled(clamp(p, lo, hi), scale, post, half);
      let y = i32x4.add(clamp(s, lo, hi), bias);
      if (negative) {
        const mask = i32x4.lt_s(y, i32x4.splat(0));
        const np = prescaled(a, npre, nbit);
        const ns = scaled(clamp(np, lo, hi), nscale, npost, nhalf);
        p = v128.bitselect(np, p, mask);
        s = v128.bitselect(ns, s, mask);
        y = v128.bitselect(i32x4.add(clamp(ns, lo, hi), nbias), y, mask);
      }
      storeCodes(to, pixelStride, clamp(clamp(y, lo, hi), fl, ce), left);
      if (counters) {
        const valid = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
        pres = i32x4.sub(pres, v128.and(outside(p, lo, hi), valid));
        outs = i32x4.sub(outs, v128.and(v128.or(outside(s, cl, ch), outside(y, cl, ch)), valid));
        beyond = i32x4.sub(beyond, v128.and(outside(a, al, ah), valid));
      }
    }
  }
  if (counters) grow(counters, pres, outs, beyond);
}

/** floor(acc * factor + offset) of four lanes, clamped to the codes' neighbourhood so that int32 holds it. */
// @ts-ignore: decorator
@inline
function stretched(low: v128, high: v128, factor: v128, offset: v128): v128 {
  return v128.shuffle<i64>(
    i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(f64x2.mul(low, factor), offset))),
    i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(f64x2.mul(high, factor), offset))), 0, 2,
  );
}

/**
 * interLayerV3 at 8 bits: rsh((acc + bias) * scale, post) = floor(acc * factor + offset) with factor = scale * 2^-post,
 * offset = bias * factor + 0.5: below 2^49 units of 2^-post, so exact. Parameters of a row: factor, offset.
 */
export function overlay_v3_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  positive: usize, negative: usize, floor: i32, ceiling: i32, counters: usize,
): void {
  const lo = i32x4.splat(-128), hi = i32x4.splat(127), fl = i32x4.splat(floor), ce = i32x4.splat(ceiling);
  const cl = i32x4.splat(floor > -128 ? i32.MIN_VALUE : -128), ch = i32x4.splat(ceiling < 127 ? i32.MAX_VALUE : 127);
  const al = i32x4.splat(-8388608), ah = i32x4.splat(8388607);
  let outs = i32x4.splat(0), beyond = outs;
  for (let row: usize = 0; row < <usize>rows; row++, acc += accStride << 2, dst += rowStride) {
    const factor = v128.load64_splat(positive + (row << 4)), offset = v128.load64_splat(positive + (row << 4), 8);
    const table = negative ? negative : positive;
    const nfactor = v128.load64_splat(table + (row << 4)), noffset = v128.load64_splat(table + (row << 4), 8);
    let from = acc;
    let to = dst;
    for (let left = columns; left > 0; left -= 4, from += 16, to += pixelStride << 2) {
      const a = v128.load(from);
      const a0 = f64x2.convert_low_i32x4_s(a), a1 = f64x2.convert_low_i32x4_s(v128.shuffle<i64>(a, a, 1, 1));
      let y = stretched(a0, a1, factor, offset);
      if (negative) y = v128.bitselect(stretched(a0, a1, nfactor, noffset), y, i32x4.lt_s(y, i32x4.splat(0)));
      storeCodes(to, pixelStride, clamp(clamp(y, lo, hi), fl, ce), left);
      if (counters) {
        const valid = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
        outs = i32x4.sub(outs, v128.and(outside(y, cl, ch), valid));
        beyond = i32x4.sub(beyond, v128.and(outside(a, al, ah), valid));
      }
    }
  }
  if (counters) grow(counters, i32x4.splat(0), outs, beyond);
}
