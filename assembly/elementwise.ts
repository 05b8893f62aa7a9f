// Activations, and operations on two arrays, element by element.

import { activate } from './finish';
import { demote } from './lanes';

/** `x < 0 ? x * slope : x`, then low..high, with one slope per row; `slopes` 0: without. Rows lie one after the other. */
export function activate_f32(src: usize, dst: usize, rows: i32, columns: i32, slopes: usize, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  for (let row = 0; row < rows; row++) {
    const slope = slopes ? v128.load32_splat(slopes + ((<usize>row) << 2)) : lows;
    let left = columns;
    for (; left >= 4; left -= 4, src += 16, dst += 16) v128.store(dst, activate(v128.load(src), slope, slopes, lows, highs));
    for (; left > 0; left--, src += 4, dst += 4) v128.store_lane<i32>(dst, activate(v128.load32_splat(src), slope, slopes, lows, highs), 0);
  }
}

/** The same with one slope per column: channels last. */
export function activate_columns_f32(src: usize, dst: usize, rows: i32, columns: i32, slopes: usize, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  for (let row = 0; row < rows; row++) {
    let slope = slopes;
    let left = columns;
    for (; left >= 4; left -= 4, src += 16, dst += 16, slope += 16) v128.store(dst, activate(v128.load(src), v128.load(slope), slopes, lows, highs));
    for (; left > 0; left--, src += 4, dst += 4, slope += 4) {
      v128.store_lane<i32>(dst, activate(v128.load32_splat(src), v128.load32_splat(slope), slopes, lows, highs), 0);
    }
  }
}

/** a + b */
export function add_f32(a: usize, b: usize, dst: usize, count: i32): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, dst += 16) v128.store(dst, f32x4.add(v128.load(a), v128.load(b)));
  for (; count > 0; count--, a += 4, b += 4, dst += 4) store<f32>(dst, load<f32>(a) + load<f32>(b));
}

/** a + (b - c), in double and rounded once. */
export function add_difference_f32(a: usize, b: usize, c: usize, dst: usize, count: i32): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, c += 16, dst += 16) {
    v128.store(dst, demote(shifted(a, b, c), shifted(a + 8, b + 8, c + 8)));
  }
  for (; count > 0; count--, a += 4, b += 4, c += 4, dst += 4) store<f32>(dst, <f32>(<f64>load<f32>(a) + (<f64>load<f32>(b) - <f64>load<f32>(c))));
}

/** a + (b - c) of two elements, in double. */
// @ts-ignore: decorator
@inline
function shifted(a: usize, b: usize, c: usize): v128 {
  return f64x2.add(doubles(a), f64x2.sub(doubles(b), doubles(c)));
}

/** Two float32 in double. */
// @ts-ignore: decorator
@inline
function doubles(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from));
}

/** a * b */
export function multiply_f32(a: usize, b: usize, dst: usize, count: i32): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, dst += 16) v128.store(dst, f32x4.mul(v128.load(a), v128.load(b)));
  for (; count > 0; count--, a += 4, b += 4, dst += 4) store<f32>(dst, load<f32>(a) * load<f32>(b));
}

/** The larger; +0 above -0, NaN if either is. */
export function max_f32(a: usize, b: usize, dst: usize, count: i32): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, dst += 16) v128.store(dst, f32x4.max(v128.load(a), v128.load(b)));
  for (; count > 0; count--, a += 4, b += 4, dst += 4) store<f32>(dst, max<f32>(load<f32>(a), load<f32>(b)));
}

/** The larger code. */
export function max_i8(a: usize, b: usize, dst: usize, count: i32): void {
  for (; count >= 16; count -= 16, a += 16, b += 16, dst += 16) v128.store(dst, i8x16.max_s(v128.load(a), v128.load(b)));
  for (; count > 0; count--, a++, b++, dst++) store<i8>(dst, max<i8>(load<i8>(a), load<i8>(b)));
}

/** The larger code. */
export function max_i16(a: usize, b: usize, dst: usize, count: i32): void {
  for (; count >= 8; count -= 8, a += 16, b += 16, dst += 16) v128.store(dst, i16x8.max_s(v128.load(a), v128.load(b)));
  for (; count > 0; count--, a += 2, b += 2, dst += 2) store<i16>(dst, max<i16>(load<i16>(a), load<i16>(b)));
}
