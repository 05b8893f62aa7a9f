// Matrix times vector. The matrix is row-major and read where it lies: the time goes into reading it once.

import { activate, finish } from './finish';

/** Four sums in order: columns k..k+3 of four rows, transposed in registers, so that each row keeps one accumulator. */
// @ts-ignore: decorator
@inline
function fourRows(sum: v128, rows: usize, stride: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const r0 = v128.load(rows), r1 = v128.load(rows + stride), r2 = v128.load(rows + (stride << 1)), r3 = v128.load(rows + stride * 3);
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  sum = f32x4.add(sum, f32x4.mul(v128.shuffle<i64>(t0, t1, 0, 2), x0));
  sum = f32x4.add(sum, f32x4.mul(v128.shuffle<i64>(t0, t1, 1, 3), x1));
  sum = f32x4.add(sum, f32x4.mul(v128.shuffle<i64>(t2, t3, 0, 2), x2));
  return f32x4.add(sum, f32x4.mul(v128.shuffle<i64>(t2, t3, 1, 3), x3));
}

/** y[rows] = W x in float32, products added in ascending k, then bias and activation. W [rows][depth]. */
export function gemv_f32(
  w: usize, x: usize, y: usize, rows: i32, depth: i32, bias: usize, slopes: usize, low: f32, high: f32,
): void {
  const stride = (<usize>depth) << 2;
  const vectors = x + ((<usize>(depth & ~3)) << 2);
  const end = x + stride;
  let row = 0;
  for (; row + 8 <= rows; row += 8, w += stride << 3) {
    let s0 = f32x4.splat(0), s1 = s0;
    let p = w;
    let k = x;
    const q = stride << 2;
    for (; k < vectors; k += 16, p += 16) {
      const x0 = v128.load32_splat(k), x1 = v128.load32_splat(k, 4), x2 = v128.load32_splat(k, 8), x3 = v128.load32_splat(k, 12);
      s0 = fourRows(s0, p, stride, x0, x1, x2, x3);
      s1 = fourRows(s1, p + q, stride, x0, x1, x2, x3);
    }
    for (; k < end; k += 4, p += 4) {
      const xk = v128.load32_splat(k);
      s0 = f32x4.add(s0, f32x4.mul(column(p, stride), xk));
      s1 = f32x4.add(s1, f32x4.mul(column(p + q, stride), xk));
    }
    const to = y + ((<usize>row) << 2);
    v128.store(to, finishRows(s0, row, bias, slopes, low, high));
    v128.store(to, finishRows(s1, row + 4, bias, slopes, low, high), 16);
  }
  for (; row < rows; row++, w += stride) {
    let sum: f32 = 0;
    for (let k: usize = 0; k < stride; k += 4) sum += load<f32>(w + k) * load<f32>(x + k);
    store<f32>(y + ((<usize>row) << 2), f32x4.extract_lane(finish(f32x4.splat(sum), row, bias, slopes, low, high), 0));
  }
}

/** One column of four rows. */
// @ts-ignore: decorator
@inline
function column(rows: usize, stride: usize): v128 {
  return f32x4(load<f32>(rows), load<f32>(rows + stride), load<f32>(rows + (stride << 1)), load<f32>(rows + stride * 3));
}

/** `finish` for four rows at once. */
// @ts-ignore: decorator
@inline
function finishRows(sum: v128, row: i32, bias: usize, slopes: usize, low: f32, high: f32): v128 {
  const at = (<usize>row) << 2;
  const slope = slopes ? v128.load(slopes + at) : sum;
  return activate(f32x4.add(sum, v128.load(bias + at)), slope, slopes, f32x4.splat(low), f32x4.splat(high));
}

/** y[rows] = W x in int32, modulo 2^32, so that no order matters: W int8, x int16. The caller bounds the sums below 2^31. */
export function gemv_i8(w: usize, x: usize, y: usize, rows: i32, depth: i32): void {
  const stride = <usize>depth;
  let row = 0;
  for (; row + 4 <= rows; row += 4, w += stride << 2, y += 16) {
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let k: usize = 0;
    for (; k + 8 <= stride; k += 8) {
      const v = v128.load(x + (k << 1));
      const p = w + k;
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v, v128.load_ext<i8>(p)));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v, v128.load_ext<i8>(p + stride)));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v, v128.load_ext<i8>(p + (stride << 1))));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v, v128.load_ext<i8>(p + stride * 3)));
    }
    store<i32>(y, lanes(s0) + rest(w, x, k, stride));
    store<i32>(y, lanes(s1) + rest(w + stride, x, k, stride), 4);
    store<i32>(y, lanes(s2) + rest(w + (stride << 1), x, k, stride), 8);
    store<i32>(y, lanes(s3) + rest(w + stride * 3, x, k, stride), 12);
  }
  for (; row < rows; row++, w += stride, y += 4) store<i32>(y, rest(w, x, 0, stride));
}

// @ts-ignore: decorator
@inline
function lanes(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

function rest(w: usize, x: usize, k: usize, depth: usize): i32 {
  let sum = 0;
  for (; k < depth; k++) sum += <i32>load<i8>(w + k) * <i32>load<i16>(x + (k << 1));
  return sum;
}

/**
 * y[rows] = W x in float64, exact: W and x int16, sums in 64 bits. A dot product of two pairs fits 32 bits as
 * long as weights stay above -32768, which symmetric codes do.
 */
export function gemv_i16(w: usize, x: usize, y: usize, rows: i32, depth: i32): void {
  const bytes = (<usize>depth) << 1;
  for (let row = 0; row < rows; row++, w += bytes, y += 8) {
    let s0 = i64x2.splat(0), s1 = s0;
    let k: usize = 0;
    for (; k + 16 <= bytes; k += 16) {
      const pairs = i32x4.dot_i16x8_s(v128.load(x + k), v128.load(w + k));
      s0 = i64x2.add(s0, i64x2.extend_low_i32x4_s(pairs));
      s1 = i64x2.add(s1, i64x2.extend_high_i32x4_s(pairs));
    }
    s0 = i64x2.add(s0, s1);
    let sum = i64x2.extract_lane(s0, 0) + i64x2.extract_lane(s0, 1);
    for (; k < bytes; k += 2) sum += <i64>(<i32>load<i16>(w + k) * <i32>load<i16>(x + k));
    store<f64>(y, <f64>sum);
  }
}
