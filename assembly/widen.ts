// Wider copies: codes to int16, partial sums to exact float64.

/** int8 to int16. */
export function widen_i8(src: usize, dst: usize, count: i32): void {
  let i = 0;
  for (; i + 8 <= count; i += 8, src += 8, dst += 16) v128.store(dst, v128.load_ext<i8>(src));
  for (; i < count; i++, src++, dst += 2) store<i16>(dst, <i16>load<i8>(src));
}

/**
 * dst = (accumulate ? dst : 0) + low + 256 * high, row by row in float64; exact below 2^53. `high` 0: without.
 * Strides in elements.
 */
export function widen_sums(
  low: usize, high: usize, srcStride: usize, dst: usize, dstStride: usize, rows: i32, columns: i32, accumulate: i32,
): void {
  const bytes = srcStride << 2;
  const steps = f64x2.splat(256);
  for (let row = 0; row < rows; row++, low += bytes, dst += dstStride << 3) {
    let from = low;
    let to = dst;
    const far = high - low;
    let left = columns;
    for (; left > 1; left -= 2, from += 8, to += 16) {
      let sum = f64x2.convert_low_i32x4_s(v128.load64_zero(from));
      if (high) sum = f64x2.add(sum, f64x2.mul(steps, f64x2.convert_low_i32x4_s(v128.load64_zero(from + far))));
      v128.store(to, accumulate ? f64x2.add(v128.load(to), sum) : sum);
    }
    if (left > 0) {
      let sum = <f64>load<i32>(from);
      if (high) sum += 256.0 * <f64>load<i32>(from + far);
      store<f64>(to, accumulate ? load<f64>(to) + sum : sum);
    }
    if (high) high += bytes;
  }
}
