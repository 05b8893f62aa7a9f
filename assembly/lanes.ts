// Four elements of any type as 32-bit lanes, and back.

/** Four neighbouring integers as i32x4. */
// @ts-ignore: decorator
@inline
export function loadLanes<T>(from: usize): v128 {
  if (sizeof<T>() == 1) return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
  if (sizeof<T>() == 2) return i32x4.extend_low_i16x8_s(v128.load64_zero(from));
  return v128.load(from);
}

/** Four i32 lanes stored as neighbouring integers, saturated. */
// @ts-ignore: decorator
@inline
export function storeLanes<T>(to: usize, lanes: v128): void {
  if (sizeof<T>() == 4) { v128.store(to, lanes); return; }
  const words = i16x8.narrow_i32x4_s(lanes, lanes);
  if (sizeof<T>() == 2) v128.store_lane<i64>(to, words, 0);
  else v128.store_lane<i32>(to, i8x16.narrow_i16x8_s(words, words), 0);
}

/** Lane by lane, `step` bytes apart. Integers only as wide as the lane holds. */
// @ts-ignore: decorator
@inline
export function storeApart<T>(to: usize, step: usize, lanes: v128): void {
  if (sizeof<T>() == 4) {
    v128.store_lane<i32>(to, lanes, 0);
    v128.store_lane<i32>(to + step, lanes, 1);
    v128.store_lane<i32>(to + (step << 1), lanes, 2);
    v128.store_lane<i32>(to + step * 3, lanes, 3);
  } else {
    store<T>(to, <T>i32x4.extract_lane(lanes, 0));
    store<T>(to + step, <T>i32x4.extract_lane(lanes, 1));
    store<T>(to + (step << 1), <T>i32x4.extract_lane(lanes, 2));
    store<T>(to + step * 3, <T>i32x4.extract_lane(lanes, 3));
  }
}

/** The first two, or last two, of four accumulators (any integer, or float64) in float64. */
// @ts-ignore: decorator
@inline
export function loadDoubles<T>(from: usize, high: bool): v128 {
  if (isFloat<T>()) return high ? v128.load(from, 16) : v128.load(from);
  const lanes = loadLanes<T>(from);
  return f64x2.convert_low_i32x4_s(high ? v128.shuffle<i64>(lanes, lanes, 1, 1) : lanes);
}

/** Four f64 lanes in two vectors, each rounded to float32. */
// @ts-ignore: decorator
@inline
export function demote(first: v128, second: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 2);
}

/** Masks of the first `count` of four lanes. */
// @ts-ignore: decorator
@inline
export function countLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Sum of four int32. */
// @ts-ignore: decorator
@inline
function sumLanes(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

/** Adds the lanes of three counts to the first three int32 at `counters`; the fourth becomes 1 where `alive` has a bit that is set. */
// @ts-ignore: decorator
@inline
export function addCounts(counters: usize, first: v128, second: v128, third: v128, alive: v128): void {
  store<i32>(counters, load<i32>(counters) + sumLanes(first));
  store<i32>(counters, load<i32>(counters, 4) + sumLanes(second), 4);
  store<i32>(counters, load<i32>(counters, 8) + sumLanes(third), 8);
  if (v128.any_true(alive)) store<i32>(counters, 1, 12);
}
