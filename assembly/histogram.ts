/** Bits of a float32 without its sign; as integers they order as the magnitudes do, infinity and NaN above all. */
const MAGNITUDE: i32 = 0x7fffffff;
const INFINITY: i32 = 0x7f800000;

/**
 * Largest and smallest |x| of `count` float32 values from `pointer` on, stored as two float32 at `out`. The largest
 * is infinite or NaN where one of the values is; the smallest is that of the values that are not NaN, infinite without any.
 */
export function abs_min_max_f32(pointer: usize, count: i32, out: usize): void {
  const end = pointer + (<usize>count << 2);
  const mask = i32x4.splat(MAGNITUDE);
  let largest = i32x4.splat(0);
  let largest2 = largest;
  let smallest = i32x4.splat(INFINITY);
  let smallest2 = smallest;
  for (; pointer + 32 <= end; pointer += 32) {
    const a = v128.and(v128.load(pointer), mask);
    const b = v128.and(v128.load(pointer, 16), mask);
    largest = i32x4.max_s(largest, a);
    smallest = i32x4.min_s(smallest, a);
    largest2 = i32x4.max_s(largest2, b);
    smallest2 = i32x4.min_s(smallest2, b);
  }
  for (; pointer < end; pointer += 4) {
    const a = v128.and(v128.load32_splat(pointer), mask);
    largest = i32x4.max_s(largest, a);
    smallest = i32x4.min_s(smallest, a);
  }
  largest = i32x4.max_s(largest, largest2);
  smallest = i32x4.min_s(smallest, smallest2);
  largest = i32x4.max_s(largest, i8x16.shuffle(largest, largest, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  smallest = i32x4.min_s(smallest, i8x16.shuffle(smallest, smallest, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  store<i32>(out, max(i32x4.extract_lane(largest, 0), i32x4.extract_lane(largest, 1)));
  store<i32>(out, min(i32x4.extract_lane(smallest, 0), i32x4.extract_lane(smallest, 1)), 4);
}

/** 1.5 * 2^23: added to a float32 below 2^22 it leaves the nearest integer in the low bits of the sum. */
const ROUNDER: f32 = 12582912;

/**
 * Adds |x| of `count` float32 values from `pointer` on to `bins` uint32 counts at `counts`. Bin j holds
 * edge(j) <= |x| < edge(j + 1), edge(j) = j * (mx / bins) in double; the last bin has no upper edge.
 * 1 <= bins <= 2^21, 1e-8 < mx < infinity, no NaN; counts wrap at 2^32.
 *
 * In float32, |x| times bins / mx is off by less than 2^-22 of itself: scale, product and difference each by 2^-24. Where that
 * much less and that much more give the same bin it is certain, for all but a few groups in a thousand; those ask the edges in double.
 */
export function histogram_f32(pointer: usize, count: i32, mx: f64, bins: i32, counts: usize): void {
  const end = pointer + (<usize>count << 2);
  const lower = f32x4.splat(<f32>(<f64>bins / mx * (1 - 2.384185791015625e-7)));
  const upper = f32x4.splat(<f32>(<f64>bins / mx * (1 + 2.384185791015625e-7)));
  const last = f32x4.splat(ROUNDER + <f32>(bins - 1));
  const none = f32x4.splat(ROUNDER);
  let first: u32 = 0;
  for (; pointer + 32 <= end; pointer += 32) {
    const a = v128.and(v128.load(pointer), i32x4.splat(MAGNITUDE));
    const b = v128.and(v128.load(pointer, 16), i32x4.splat(MAGNITUDE));
    const inA = rounded(a, lower);
    const inB = rounded(b, lower);
    const doubt = v128.or(v128.xor(inA, f32x4.pmin(last, rounded(a, upper))), v128.xor(inB, f32x4.pmin(last, rounded(b, upper))));
    if (v128.any_true(doubt)) count_exactly(pointer, pointer + 32, mx, bins, counts);
    // Runs of zeros, as ReLU leaves them, would wait for one counter again and again.
    else if (!v128.any_true(v128.xor(v128.or(inA, inB), none))) first += 8;
    else {
      count_four(i32x4.sub(inA, none), counts);
      count_four(i32x4.sub(inB, none), counts);
    }
  }
  count_exactly(pointer, end, mx, bins, counts);
  store<u32>(counts, load<u32>(counts) + first);
}

/** The bins of 4 magnitudes, as the low bits of a float32: the product rounded down, which is minus a half rounded to nearest. */
// @ts-ignore: decorator
@inline
function rounded(magnitudes: v128, scale: v128): v128 {
  return f32x4.add(f32x4.sub(f32x4.mul(magnitudes, scale), f32x4.splat(0.5)), f32x4.splat(ROUNDER));
}

// @ts-ignore: decorator
@inline
function count_four(bins: v128, counts: usize): void {
  const low = i64x2.extract_lane(bins, 0);
  const high = i64x2.extract_lane(bins, 1);
  increment(counts, <u32>low);
  increment(counts, <u32>(low >> 32));
  increment(counts, <u32>high);
  increment(counts, <u32>(high >> 32));
}

// @ts-ignore: decorator
@inline
function increment(counts: usize, bin: u32): void {
  const at = counts + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Values by definition: a first guess, then the edges decide. */
function count_exactly(pointer: usize, end: usize, mx: f64, bins: i32, counts: usize): void {
  const width = mx / <f64>bins;
  for (; pointer < end; pointer += 4) {
    const magnitude = <f64>abs(load<f32>(pointer));
    let bin = <i32>min(magnitude / width, <f64>(bins - 1));
    while (magnitude < <f64>bin * width) bin--;
    while (bin + 1 < bins && magnitude >= <f64>(bin + 1) * width) bin++;
    increment(counts, bin);
  }
}
