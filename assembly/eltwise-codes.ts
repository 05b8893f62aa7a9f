// Sums of codes: the walk's Eltwise in float64, the overlay's in int32.

import { demote, loadDoubles, loadLanes } from './lanes';

// @ts-ignore: decorator
@inline
function sumTwo<A, B>(a: usize, b: usize, dst: usize, count: i32, factorA: f64, factorB: f64, low: f32, high: f32): void {
  const fa = f64x2.splat(factorA), fb = f64x2.splat(factorB), lows = f32x4.splat(low), highs = f32x4.splat(high);
  for (; count >= 4; count -= 4, a += 4 * sizeof<A>(), b += 4 * sizeof<B>(), dst += 16) {
    const first = f64x2.add(f64x2.mul(loadDoubles<A>(a, false), fa), f64x2.mul(loadDoubles<B>(b, false), fb));
    const second = f64x2.add(f64x2.mul(loadDoubles<A>(a, true), fa), f64x2.mul(loadDoubles<B>(b, true), fb));
    v128.store(dst, f32x4.pmin(f32x4.pmax(demote(first, second), lows), highs));
  }
  for (; count > 0; count--, a += sizeof<A>(), b += sizeof<B>(), dst += 4) {
    const y = f32x4.splat(<f32>(<f64>load<A>(a) * factorA + <f64>load<B>(b) * factorB));
    v128.store_lane<i32>(dst, f32x4.pmin(f32x4.pmax(y, lows), highs), 0);
  }
}

/** float32(a * factorA + b * factorB) in double from int8 codes, then low..high. */
export function sum_i8(a: usize, b: usize, dst: usize, count: i32, factorA: f64, factorB: f64, low: f32, high: f32): void {
  sumTwo<i8, i8>(a, b, dst, count, factorA, factorB, low, high);
}

/** As sum_i8 from int16 codes. */
export function sum_i16(a: usize, b: usize, dst: usize, count: i32, factorA: f64, factorB: f64, low: f32, high: f32): void {
  sumTwo<i16, i16>(a, b, dst, count, factorA, factorB, low, high);
}

// @ts-ignore: decorator
@inline
function weigh<T>(src: usize, dst: usize, count: i32, factor: f64, accumulate: i32): void {
  for (; count > 0; count--, src += sizeof<T>(), dst += 8) {
    const product = <f64>load<T>(src) * factor;
    store<f64>(dst, accumulate ? load<f64>(dst) + product : product);
  }
}

/** dst = (accumulate ? dst : 0) + code * factor in float64: one operand of a longer sum. */
export function weigh_i8(src: usize, dst: usize, count: i32, factor: f64, accumulate: i32): void {
  weigh<i8>(src, dst, count, factor, accumulate);
}

/** As weigh_i8 from int16 codes. */
export function weigh_i16(src: usize, dst: usize, count: i32, factor: f64, accumulate: i32): void {
  weigh<i16>(src, dst, count, factor, accumulate);
}

/** float64 to float32. */
export function round_f64(src: usize, dst: usize, count: i32): void {
  for (; count > 0; count--, src += 8, dst += 4) store<f32>(dst, <f32>load<f64>(src));
}

// @ts-ignore: decorator
@inline
function join<T>(src: usize, dst: usize, count: i32, sign: i32, accumulate: i32): void {
  const signs = i32x4.splat(sign);
  for (; count >= 4; count -= 4, src += 4 * sizeof<T>(), dst += 16) {
    const codes = i32x4.mul(loadLanes<T>(src), signs);
    v128.store(dst, accumulate ? i32x4.add(v128.load(dst), codes) : codes);
  }
  for (; count > 0; count--, src += sizeof<T>(), dst += 4) {
    const code = <i32>load<T>(src) * sign;
    store<i32>(dst, accumulate ? load<i32>(dst) + code : code);
  }
}

/** dst = (accumulate ? dst : 0) + sign * code in int32. */
export function join_i8(src: usize, dst: usize, count: i32, sign: i32, accumulate: i32): void {
  join<i8>(src, dst, count, sign, accumulate);
}

/** As join_i8 from int16 codes. */
export function join_i16(src: usize, dst: usize, count: i32, sign: i32, accumulate: i32): void {
  join<i16>(src, dst, count, sign, accumulate);
}
