// Between float32 and codes.

import { loadLanes, storeLanes } from './lanes';

/** 1.5 * 2^23: added to a float32 below 2^22 it rounds it to a whole number, ties to even, as the sum's last bits. */
const MAGIC: f32 = 12582912;

/**
 * roundHalfEven(clip(x, low, high) / sf) as int32, float32 throughout; NaN counts as `high`. The largest quotient is
 * a code, far below 2^22.
 */
// @ts-ignore: decorator
@inline
export function rounded(x: v128, low: v128, high: v128, sf: v128): v128 {
  const clipped = f32x4.pmin(high, f32x4.pmax(x, low));
  const magic = f32x4.splat(MAGIC);
  return i32x4.sub(f32x4.add(f32x4.div(clipped, sf), magic), magic);
}

/** The step to divide by: a zero one comes with a zero threshold, whose only code is 0. */
// @ts-ignore: decorator
@inline
export function divisor(step: f32): v128 {
  return f32x4.splat(step == 0 ? 1 : step);
}

// @ts-ignore: decorator
@inline
function quantize<C>(src: usize, dst: usize, count: i32, threshold: f32, step: f32): void {
  const high = f32x4.splat(threshold), low = f32x4.splat(-threshold), sf = divisor(step);
  for (; count >= 4; count -= 4, src += 16, dst += 4 * sizeof<C>()) storeLanes<C>(dst, rounded(v128.load(src), low, high, sf));
  for (; count > 0; count--, src += 4, dst += sizeof<C>()) storeOne<C>(dst, rounded(v128.load32_splat(src), low, high, sf));
}

/** Lane 0, saturated. */
// @ts-ignore: decorator
@inline
function storeOne<C>(to: usize, lanes: v128): void {
  const words = i16x8.narrow_i32x4_s(lanes, lanes);
  if (sizeof<C>() == 2) v128.store_lane<i16>(to, words, 0);
  else v128.store_lane<i8>(to, i8x16.narrow_i16x8_s(words, words), 0);
}

/** Float32 to int8 codes on the grid of `step`. */
export function quantize_i8(src: usize, dst: usize, count: i32, threshold: f32, step: f32): void {
  quantize<i8>(src, dst, count, threshold, step);
}

/** Float32 to int16 codes on the grid of `step`. */
export function quantize_i16(src: usize, dst: usize, count: i32, threshold: f32, step: f32): void {
  quantize<i16>(src, dst, count, threshold, step);
}

// @ts-ignore: decorator
@inline
function truncated<C>(src: usize, dst: usize, count: i32, threshold: f32, factor: f32): void {
  const th = f32x4.splat(threshold), scale = f32x4.splat(factor);
  for (; count >= 4; count -= 4, src += 16, dst += 4 * sizeof<C>()) {
    const clipped = f32x4.pmin(f32x4.pmax(v128.load(src), f32x4.neg(th)), th);
    storeLanes<C>(dst, i32x4.trunc_sat_f32x4_s(f32x4.mul(clipped, scale)));
  }
  for (; count > 0; count--, src += 4, dst += sizeof<C>()) {
    const clipped = f32x4.pmin(f32x4.pmax(v128.load32_splat(src), f32x4.neg(th)), th);
    storeOne<C>(dst, i32x4.trunc_sat_f32x4_s(f32x4.mul(clipped, scale)));
  }
}

/** The overlay's quantizeTensor to int8. */
export function quantize_tensor_i8(src: usize, dst: usize, count: i32, threshold: f32, factor: f32): void {
  truncated<i8>(src, dst, count, threshold, factor);
}

/** The overlay's quantizeTensor to int16. */
export function quantize_tensor_i16(src: usize, dst: usize, count: i32, threshold: f32, factor: f32): void {
  truncated<i16>(src, dst, count, threshold, factor);
}

// @ts-ignore: decorator
@inline
function dequantize<C>(src: usize, dst: usize, count: i32, divisor: f32, factor: f32): void {
  const by = f32x4.splat(divisor), times = f32x4.splat(factor);
  for (; count >= 4; count -= 4, src += 4 * sizeof<C>(), dst += 16) {
    const code = f32x4.convert_i32x4_s(loadLanes<C>(src));
    v128.store(dst, f32x4.mul(divisor == 1 ? code : f32x4.div(code, by), times));
  }
  for (; count > 0; count--, src += sizeof<C>(), dst += 4) store<f32>(dst, (<f32>load<C>(src) / divisor) * factor);
}

/** int8 codes to float32. */
export function dequantize_i8(src: usize, dst: usize, count: i32, divisor: f32, factor: f32): void {
  dequantize<i8>(src, dst, count, divisor, factor);
}

/** int16 codes to float32. */
export function dequantize_i16(src: usize, dst: usize, count: i32, divisor: f32, factor: f32): void {
  dequantize<i16>(src, dst, count, divisor, factor);
}

// @ts-ignore: decorator
@inline
function requantize<C, D>(src: usize, dst: usize, count: i32, from: f32, threshold: f32, step: f32): void {
  const old = f32x4.splat(from), high = f32x4.splat(threshold), low = f32x4.splat(-threshold), sf = divisor(step);
  for (; count >= 4; count -= 4, src += 4 * sizeof<C>(), dst += 4 * sizeof<D>()) {
    storeLanes<D>(dst, rounded(f32x4.mul(f32x4.convert_i32x4_s(loadLanes<C>(src)), old), low, high, sf));
  }
  for (; count > 0; count--, src += sizeof<C>(), dst += sizeof<D>()) {
    storeOne<D>(dst, rounded(f32x4.splat(<f32>load<C>(src) * from), low, high, sf));
  }
}

/** int8 codes of one grid to int8 codes of another. */
export function requantize_i8_i8(src: usize, dst: usize, count: i32, from: f32, threshold: f32, step: f32): void {
  requantize<i8, i8>(src, dst, count, from, threshold, step);
}

/** int16 codes of one grid to int16 codes of another. */
export function requantize_i16_i16(src: usize, dst: usize, count: i32, from: f32, threshold: f32, step: f32): void {
  requantize<i16, i16>(src, dst, count, from, threshold, step);
}

/** int8 codes of one grid to int16 codes of another. */
export function requantize_i8_i16(src: usize, dst: usize, count: i32, from: f32, threshold: f32, step: f32): void {
  requantize<i8, i16>(src, dst, count, from, threshold, step);
}

/** int16 codes of one grid to int8 codes of another. */
export function requantize_i16_i8(src: usize, dst: usize, count: i32, from: f32, threshold: f32, step: f32): void {
  requantize<i16, i8>(src, dst, count, from, threshold, step);
}

/** clip(roundHalfEven(x / step)) of two float32 in float64, as int32 in the low lanes; NaN gives 0. */
// @ts-ignore: decorator
@inline
function nearestTwo(pair: v128, step: v128, low: v128, high: v128): v128 {
  const quotient = f64x2.nearest(f64x2.div(f64x2.promote_low_f32x4(pair), step));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.max(quotient, low), high));
}

/** clip(x * factor, low, high) of four float32, rounded half to even as the last bits of a float32. */
// @ts-ignore: decorator
@inline
function roundedProduct(x: v128, factor: v128, low: v128, high: v128): v128 {
  return f32x4.add(f32x4.pmin(f32x4.pmax(f32x4.mul(x, factor), low), high), f32x4.splat(MAGIC));
}

/** Where two roundings differ, and where x is NaN. */
// @ts-ignore: decorator
@inline
function doubtful(x: v128, first: v128, second: v128): v128 {
  return v128.or(v128.xor(first, second), f32x4.ne(x, x));
}

// @ts-ignore: decorator
@inline
function exactFour<C>(src: usize, dst: usize, by: v128, low: v128, high: v128): void {
  const x = v128.load(src);
  const first = nearestTwo(x, by, low, high);
  const second = nearestTwo(v128.shuffle<i64>(x, x, 1, 1), by, low, high);
  storeLanes<C>(dst, v128.shuffle<i64>(first, second, 0, 2));
}

/**
 * In float32, x times 1 / step is off by less than 2^-22 of itself: factor and product each by 2^-24. Where that much less and that
 * much more round to the same code it is certain, for all but a few groups in a thousand; those are divided in double.
 */
// @ts-ignore: decorator
@inline
function nearest<C>(src: usize, dst: usize, count: i32, step: f64, largest: i32): void {
  const by = f64x2.splat(step), high = f64x2.splat(<f64>largest), low = f64x2.splat(-<f64>largest);
  const less = f32x4.splat(<f32>((1 - 2.384185791015625e-7) / step)), more = f32x4.splat(<f32>((1 + 2.384185791015625e-7) / step));
  const most = f32x4.splat(<f32>largest), least = f32x4.splat(-<f32>largest);
  const isNormal = step > 1e-37 && step < 1e37;
  for (; count >= 8; count -= 8, src += 32, dst += 8 * sizeof<C>()) {
    const a = v128.load(src), b = v128.load(src, 16);
    const near = roundedProduct(a, less, least, most), far = roundedProduct(b, less, least, most);
    const doubt0 = doubtful(a, near, roundedProduct(a, more, least, most));
    const doubt1 = doubtful(b, far, roundedProduct(b, more, least, most));
    if (!isNormal || v128.any_true(v128.or(doubt0, doubt1))) {
      exactFour<C>(src, dst, by, low, high);
      exactFour<C>(src + 16, dst + 4 * sizeof<C>(), by, low, high);
    } else {
      const words = i16x8.narrow_i32x4_s(i32x4.sub(near, f32x4.splat(MAGIC)), i32x4.sub(far, f32x4.splat(MAGIC)));
      if (sizeof<C>() == 2) v128.store(dst, words);
      else v128.store_lane<i64>(dst, i8x16.narrow_i16x8_s(words, words), 0);
    }
  }
  for (; count > 0; count--, src += 4, dst += sizeof<C>()) {
    storeOne<C>(dst, nearestTwo(v128.load32_splat(src), by, low, high));
  }
}

/** Float32 to the nearest int8 codes, divided in float64; the step is not 0. */
export function nearest_i8(src: usize, dst: usize, count: i32, step: f64, largest: i32): void {
  nearest<i8>(src, dst, count, step, largest);
}

/** Float32 to the nearest int16 codes, divided in float64; the step is not 0. */
export function nearest_i16(src: usize, dst: usize, count: i32, step: f64, largest: i32): void {
  nearest<i16>(src, dst, count, step, largest);
}
