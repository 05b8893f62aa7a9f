/**
 * `x < 0 ? x * slope : x`, then low..high; `slopes` 0: no slope. Adding 0 turns the -0 of a zero slope into +0. pmax and
 * pmin keep NaN and are one instruction where max and min are six.
 */
// @ts-ignore: decorator
@inline
export function activate(y: v128, slope: v128, slopes: usize, low: v128, high: v128): v128 {
  if (slopes) y = v128.bitselect(f32x4.add(f32x4.mul(y, slope), f32x4.splat(0)), y, f32x4.lt(y, f32x4.splat(0)));
  return f32x4.pmin(f32x4.pmax(y, low), high);
}

/** Bias and activation of one row's accumulators. */
// @ts-ignore: decorator
@inline
export function finish(sum: v128, row: i32, bias: usize, slopes: usize, low: f32, high: f32): v128 {
  const at = (<usize>row) << 2;
  const slope = slopes ? v128.load32_splat(slopes + at) : sum;
  return activate(f32x4.add(sum, v128.load32_splat(bias + at)), slope, slopes, f32x4.splat(low), f32x4.splat(high));
}

/** Stores the first `count` (1 to 7) of 8 lanes of 32 bits. */
// @ts-ignore: decorator
@inline
export function storeTail(pointer: usize, first: v128, second: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, first);
    pointer += 16;
    first = second;
    count -= 4;
  }
  if (count > 0) v128.store_lane<i32>(pointer, first, 0);
  if (count > 1) v128.store_lane<i32>(pointer, first, 1, 4);
  if (count > 2) v128.store_lane<i32>(pointer, first, 2, 8);
}
