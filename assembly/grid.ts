// From exact sums to float32 activations: the walk's grid (docs/spec/quantizer.md, section 4, "Exact accumulation").

import { activate } from './finish';
import { demote, loadDoubles, storeApart, storeLanes } from './lanes';
import { divisor, rounded } from './quantize';

/** The grid for any accumulator type; see the exports. */
// @ts-ignore: decorator
@inline
function grid<T>(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, extremes: usize,
): void {
  let largest = f32x4.splat(0), smallest = f32x4.splat(f32.MAX_VALUE);
  if (extremes) {
    largest = v128.load32_splat(extremes);
    smallest = v128.load32_splat(extremes, 4);
  }
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  const step = pixelStride << 2;
  for (let row = 0; row < rows; row++, acc += accStride * sizeof<T>(), dst += rowStride << 2) {
    const scale = v128.load64_splat(scales + ((<usize>row) << 3));
    const offset = f64x2.promote_low_f32x4(v128.load32_splat(bias + ((<usize>row) << 2)));
    const slope = slopes ? v128.load32_splat(slopes + ((<usize>row) << 2)) : lows;
    let from = acc;
    let to = dst;
    let left = columns;
    for (; left >= 4; left -= 4, from += 4 * sizeof<T>(), to += step << 2) {
      const first = f64x2.add(f64x2.mul(loadDoubles<T>(from, false), scale), offset);
      const second = f64x2.add(f64x2.mul(loadDoubles<T>(from, true), scale), offset);
      const y = activate(demote(first, second), slope, slopes, lows, highs);
      const size = f32x4.abs(y);
      largest = f32x4.pmax(largest, size);
      smallest = f32x4.pmin(smallest, size);
      if (step == 4) v128.store(to, y);
      else storeApart<f32>(to, step, y);
    }
    for (; left > 0; left--, from += sizeof<T>(), to += step) {
      const sum = f64x2.add(f64x2.mul(f64x2.splat(<f64>load<T>(from)), scale), offset);
      const single = f32x4.demote_f64x2_zero(sum);
      const y = activate(v128.shuffle<i32>(single, single, 0, 0, 0, 0), slope, slopes, lows, highs);
      const size = f32x4.abs(y);
      largest = f32x4.pmax(largest, size);
      smallest = f32x4.pmin(smallest, size);
      v128.store_lane<i32>(to, y, 0);
    }
  }
  if (extremes) {
    store<f32>(extremes, reduceMax(largest));
    store<f32>(extremes, reduceMin(smallest), 4);
  }
}

/** Largest lane; a NaN never wins. */
// @ts-ignore: decorator
@inline
function reduceMax(v: v128): f32 {
  v = f32x4.pmax(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2)), 0);
}

// @ts-ignore: decorator
@inline
function reduceMin(v: v128): f32 {
  v = f32x4.pmin(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmin(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2)), 0);
}

/** float32(acc * scale + bias) in double, activation, running extremes of |y|, from int32 sums. */
export function grid_i32(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, extremes: usize,
): void {
  grid<i32>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, extremes);
}

/** As grid_i32 from float64 sums. */
export function grid_f64(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, extremes: usize,
): void {
  grid<f64>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, extremes);
}

/** Four values of a row before their activation. */
// @ts-ignore: decorator
@inline
function values<A>(from: usize, scale: v128, offset: v128): v128 {
  const first = f64x2.add(f64x2.mul(loadDoubles<A>(from, false), scale), offset);
  const second = f64x2.add(f64x2.mul(loadDoubles<A>(from, true), scale), offset);
  return demote(first, second);
}

// @ts-ignore: decorator
@inline
function sloped(y: v128, slope: v128, slopes: usize): v128 {
  return slopes ? v128.bitselect(f32x4.add(f32x4.mul(y, slope), f32x4.splat(0)), y, f32x4.lt(y, f32x4.splat(0))) : y;
}

// @ts-ignore: decorator
@inline
function gridCodes<A, C>(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, threshold: f32, gridStep: f32,
): void {
  // The activation's clamp and the threshold's are one.
  const lows = f32x4.splat(max(low, -threshold)), highs = f32x4.splat(min(high, threshold)), sf = divisor(gridStep);
  const step = pixelStride * sizeof<C>();
  for (let row = 0; row < rows; row++, acc += accStride * sizeof<A>(), dst += rowStride * sizeof<C>()) {
    const scale = v128.load64_splat(scales + ((<usize>row) << 3));
    const offset = f64x2.promote_low_f32x4(v128.load32_splat(bias + ((<usize>row) << 2)));
    const slope = slopes ? v128.load32_splat(slopes + ((<usize>row) << 2)) : lows;
    let from = acc;
    let to = dst;
    let left = columns;
    if (step == sizeof<C>()) {
      for (; left >= 8; left -= 8, from += 8 * sizeof<A>(), to += 8 * sizeof<C>()) {
        const near = rounded(sloped(values<A>(from, scale, offset), slope, slopes), lows, highs, sf);
        const far = rounded(sloped(values<A>(from + 4 * sizeof<A>(), scale, offset), slope, slopes), lows, highs, sf);
        const words = i16x8.narrow_i32x4_s(near, far);
        if (sizeof<C>() == 2) v128.store(to, words);
        else v128.store_lane<i64>(to, i8x16.narrow_i16x8_s(words, words), 0);
      }
    }
    for (; left > 0; left -= 4, from += 4 * sizeof<A>(), to += step << 2) {
      let codes = rounded(sloped(values<A>(from, scale, offset), slope, slopes), lows, highs, sf);
      for (let lane = min(left, 4), address = to; lane > 0; lane--, address += step) {
        store<C>(address, <C>i32x4.extract_lane(codes, 0));
        codes = v128.shuffle<i32>(codes, codes, 1, 2, 3, 0);
      }
    }
  }
}

/** The value of grid_i32, rounded at once to the int8 code of a known threshold. */
export function grid_i32_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, threshold: f32, gridStep: f32,
): void {
  gridCodes<i32, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, threshold, gridStep);
}

/** The value of grid_i32, rounded at once to the int16 code of a known threshold. */
export function grid_i32_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, threshold: f32, gridStep: f32,
): void {
  gridCodes<i32, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, threshold, gridStep);
}

/** The value of grid_f64, rounded at once to the int8 code of a known threshold. */
export function grid_f64_i8(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, threshold: f32, gridStep: f32,
): void {
  gridCodes<f64, i8>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, threshold, gridStep);
}

/** The value of grid_f64, rounded at once to the int16 code of a known threshold. */
export function grid_f64_i16(
  acc: usize, accStride: usize, dst: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  scales: usize, bias: usize, slopes: usize, low: f32, high: f32, threshold: f32, gridStep: f32,
): void {
  gridCodes<f64, i16>(acc, accStride, dst, rowStride, pixelStride, rows, columns, scales, bias, slopes, low, high, threshold, gridStep);
}
