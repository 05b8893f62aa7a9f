/** Bias and activation of one row's accumulators: `+ bias`, `x < 0 ? x * slope : x`, then clamped to low..high. */
// @ts-ignore: decorator
@inline
export function finish(sum: v128, row: i32, bias: usize, slopes: usize, low: f32, high: f32): v128 {
  const at = (<usize>row) << 2;
  let y = f32x4.add(sum, v128.load32_splat(bias + at));
  if (slopes) {
    const scaled = f32x4.mul(y, v128.load32_splat(slopes + at));
    y = v128.bitselect(scaled, y, f32x4.lt(y, f32x4.splat(0)));
  }
  // pmax and pmin keep NaN and are one instruction where max and min are six.
  return f32x4.pmin(f32x4.pmax(y, f32x4.splat(low)), f32x4.splat(high));
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
