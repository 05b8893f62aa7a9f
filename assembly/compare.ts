// How far the overlay is from float: sums over elements, in double, in the order of the elements.

import { loadLanes } from './lanes';

/** Bytes of the results of one comparison: signal, noise, product, power, largest error, its index. */
const RESULTS: usize = 48;
/** Below the square of any difference of two float32 that is not 0. */
const LEAST: f64 = 1e-100;

/** Four codes as float32: code / divisor * factor. */
// @ts-ignore: decorator
@inline
function values<C>(from: usize, divisor: v128, factor: v128): v128 {
  if (isFloat<C>()) return v128.load(from);
  return f32x4.mul(f32x4.div(f32x4.convert_i32x4_s(loadLanes<C>(from)), divisor), factor);
}

// @ts-ignore: decorator
@inline
function valueOf<C>(from: usize, divisor: f32, factor: f32): f64 {
  if (isFloat<C>()) return <f64>load<f32>(from);
  return <f64>((<f32>load<C>(from) / divisor) * factor);
}

/** The two high lanes of four float32 in double. */
// @ts-ignore: decorator
@inline
function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/**
 * Replaces the largest error of a comparison and its index where one of `count` elements from `index` on is farther off. Result: a
 * bound that the square of no smaller error reaches; it is monotonous in the error as far as doubles tell.
 */
function keepLargest<C>(float: usize, fixed: usize, count: i32, divisor: f32, factor: f32, index: i32, results: usize): f64 {
  let error = load<f64>(results, 32);
  for (let i = 0; i < count; i++, float += 4, fixed += sizeof<C>()) {
    const size = abs(<f64>load<f32>(float) - valueOf<C>(fixed, divisor, factor));
    if (size > error) {
      error = size;
      store<f64>(results, error, 32);
      store<f64>(results, <f64>(index + i), 40);
    }
  }
  return max(LEAST, error * error);
}

/** No error so far. */
// @ts-ignore: decorator
@inline
function clear(results: usize): void {
  store<f64>(results, 0, 32);
  store<f64>(results, -1, 40);
}

// @ts-ignore: decorator
@inline
function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** The lanes of two pairs added one after the other: each lane of the sum is the sum of one pair. */
// @ts-ignore: decorator
@inline
function addPairs(sum: v128, first: v128, second: v128): v128 {
  return f64x2.add(f64x2.add(sum, v128.shuffle<i64>(first, second, 0, 2)), v128.shuffle<i64>(first, second, 1, 3));
}

// @ts-ignore: decorator
@inline
function compare<C>(float: usize, fixed: usize, count: i32, divisor: f32, factor: f32, results: usize): void {
  const by = f32x4.splat(divisor), times = f32x4.splat(factor);
  let signalNoise = f64x2.splat(0), productPower = signalNoise, bound = f64x2.splat(LEAST);
  clear(results);
  let i = 0;
  for (; i + 4 <= count; i += 4, float += 16, fixed += 4 * sizeof<C>()) {
    const x = v128.load(float), y = values<C>(fixed, by, times);
    const x0 = f64x2.promote_low_f32x4(x), x1 = highHalf(x), y0 = f64x2.promote_low_f32x4(y), y1 = highHalf(y);
    const d0 = f64x2.sub(x0, y0), d1 = f64x2.sub(x1, y1), noise0 = f64x2.mul(d0, d0), noise1 = f64x2.mul(d1, d1);
    signalNoise = addPairs(signalNoise, f64x2.mul(x0, x0), noise0);
    signalNoise = addPairs(signalNoise, f64x2.mul(x1, x1), noise1);
    productPower = addPairs(productPower, f64x2.mul(x0, y0), f64x2.mul(y0, y0));
    productPower = addPairs(productPower, f64x2.mul(x1, y1), f64x2.mul(y1, y1));
    if (v128.any_true(v128.or(f64x2.ge(noise0, bound), f64x2.ge(noise1, bound))))
      bound = f64x2.splat(keepLargest<C>(float, fixed, 4, divisor, factor, i, results));
  }
  keepLargest<C>(float, fixed, count - i, divisor, factor, i, results);
  for (; i < count; i++, float += 4, fixed += sizeof<C>()) {
    const x = <f64>load<f32>(float), y = valueOf<C>(fixed, divisor, factor), d = x - y;
    signalNoise = f64x2.add(signalNoise, pair(x * x, d * d));
    productPower = f64x2.add(productPower, pair(x * y, y * y));
  }
  v128.store(results, signalNoise);
  v128.store(results, productPower, 16);
}

/** Float32 values against int8 codes. */
export function compare_i8(float: usize, codes: usize, count: i32, divisor: f32, factor: f32, results: usize): void {
  compare<i8>(float, codes, count, divisor, factor, results);
}

/** Float32 values against int16 codes. */
export function compare_i16(float: usize, codes: usize, count: i32, divisor: f32, factor: f32, results: usize): void {
  compare<i16>(float, codes, count, divisor, factor, results);
}

/** Float32 values against float32 values. */
export function compare_f32(float: usize, fixed: usize, count: i32, results: usize): void {
  compare<f32>(float, fixed, count, 1, 1, results);
}

/** The value of a code in double, from the middle of a table. */
// @ts-ignore: decorator
@inline
function entry(table: usize, code: usize): usize {
  return table + (<usize>(128 + <i32>load<i8>(code)) << 3);
}

/**
 * Float32 values against int8 codes, and against other codes of the same grid: results behind each other. Every sum is a lane of its
 * own, so that both comparisons wait for their additions at the same time. `table`: scratch of 256 doubles.
 */
export function compare_two_i8(
  float: usize, codes: usize, other: usize, count: i32, divisor: f32, factor: f32, table: usize, results: usize,
): void {
  for (let code = -128; code < 128; code++)
    store<f64>(table + (<usize>(code + 128) << 3), <f64>((<f32>code / divisor) * factor));
  let signal = f64x2.splat(0), noise = signal, product = signal, power = signal, bound = f64x2.splat(LEAST);
  clear(results);
  clear(results + RESULTS);
  let begin = 0;
  for (; begin < count; begin += 4) {
    let isLarge = i64x2.splat(0);
    const end = min(count, begin + 4);
    for (let i = <usize>begin; i < <usize>end; i++) {
      const x = f64x2.promote_low_f32x4(v128.load32_splat(float + (i << 2)));
      const y = v128.load64_lane(entry(table, other + i), v128.load64_zero(entry(table, codes + i)), 1);
      const d = f64x2.sub(x, y), square = f64x2.mul(d, d);
      signal = f64x2.add(signal, f64x2.mul(x, x));
      noise = f64x2.add(noise, square);
      product = f64x2.add(product, f64x2.mul(x, y));
      power = f64x2.add(power, f64x2.mul(y, y));
      isLarge = v128.or(isLarge, f64x2.ge(square, bound));
    }
    if (!v128.any_true(isLarge)) continue;
    const at = float + (<usize>begin << 2), some = end - begin;
    const first = keepLargest<i8>(at, codes + begin, some, divisor, factor, begin, results);
    bound = pair(first, keepLargest<i8>(at, other + begin, some, divisor, factor, begin, results + RESULTS));
  }
  v128.store(results, v128.shuffle<i64>(signal, noise, 0, 2));
  v128.store(results, v128.shuffle<i64>(product, power, 0, 2), 16);
  v128.store(results, v128.shuffle<i64>(signal, noise, 1, 3), RESULTS);
  v128.store(results, v128.shuffle<i64>(product, power, 1, 3), RESULTS + 16);
}

/** Two neighbouring rows at once; the second may be the first again. */
// @ts-ignore: decorator
@inline
function twoRows<C>(float: usize, codes: usize, inner: i32, next: i32, divisor: f32, factor: f32, errors: usize, channels: i32): void {
  const by = f32x4.splat(divisor), times = f32x4.splat(factor);
  const far = (<usize>(next * inner)) << 2, farCode = <usize>(next * inner) * sizeof<C>();
  let power = f64x2.splat(0), error = power, most = f32x4.splat(0), most2 = most;
  let left = inner;
  for (; left >= 4; left -= 4, float += 16, codes += 4 * sizeof<C>()) {
    const a = v128.load(float), b = v128.load(float + far);
    most = f32x4.pmax(most, f32x4.abs(a));
    most2 = f32x4.pmax(most2, f32x4.abs(b));
    const p = values<C>(codes, by, times), q = values<C>(codes + farCode, by, times);
    const a0 = f64x2.promote_low_f32x4(a), a1 = highHalf(a), b0 = f64x2.promote_low_f32x4(b), b1 = highHalf(b);
    const d0 = f64x2.sub(a0, f64x2.promote_low_f32x4(p)), d1 = f64x2.sub(a1, highHalf(p));
    const e0 = f64x2.sub(b0, f64x2.promote_low_f32x4(q)), e1 = f64x2.sub(b1, highHalf(q));
    power = addPairs(power, f64x2.mul(a0, a0), f64x2.mul(b0, b0));
    power = addPairs(power, f64x2.mul(a1, a1), f64x2.mul(b1, b1));
    error = addPairs(error, f64x2.mul(d0, d0), f64x2.mul(e0, e0));
    error = addPairs(error, f64x2.mul(d1, d1), f64x2.mul(e1, e1));
  }
  for (; left > 0; left--, float += 4, codes += sizeof<C>()) {
    most = f32x4.pmax(most, f32x4.abs(v128.load32_splat(float)));
    most2 = f32x4.pmax(most2, f32x4.abs(v128.load32_splat(float + far)));
    const a = <f64>load<f32>(float), b = <f64>load<f32>(float + far);
    const d = a - valueOf<C>(codes, divisor, factor), e = b - valueOf<C>(codes + farCode, divisor, factor);
    power = f64x2.add(power, pair(a * a, b * b));
    error = f64x2.add(error, pair(d * d, e * e));
  }
  addErrors(errors, channels, power, error, 0, most);
  if (next) addErrors(errors + 8, channels, power, error, 1, most2);
}

/** Adds a row's sums to its channel. */
// @ts-ignore: decorator
@inline
function addErrors(at: usize, channels: i32, power: v128, error: v128, lane: i32, most: v128): void {
  const noise = at + ((<usize>channels) << 3), largest = noise + ((<usize>channels) << 3);
  store<f64>(at, load<f64>(at) + (lane ? f64x2.extract_lane(power, 1) : f64x2.extract_lane(power, 0)));
  store<f64>(noise, load<f64>(noise) + (lane ? f64x2.extract_lane(error, 1) : f64x2.extract_lane(error, 0)));
  most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  const size = <f64>f32x4.extract_lane(f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2)), 0);
  if (size > load<f64>(largest)) store<f64>(largest, size);
}

/** Four neighbouring channels whose elements stand side by side, `channels` apart. The last ones may be no channels. */
// @ts-ignore: decorator
@inline
function fourColumns<C>(float: usize, codes: usize, rows: i32, channels: i32, divisor: f32, factor: f32, errors: usize): void {
  const by = f32x4.splat(divisor), times = f32x4.splat(factor);
  let power0 = v128.load(errors), power1 = v128.load(errors, 16);
  const noise = errors + ((<usize>channels) << 3), largest = noise + ((<usize>channels) << 3);
  let error0 = v128.load(noise), error1 = v128.load(noise, 16), most = f32x4.splat(0);
  for (; rows > 0; rows--, float += (<usize>channels) << 2, codes += <usize>channels * sizeof<C>()) {
    const x = v128.load(float), y = values<C>(codes, by, times);
    most = f32x4.pmax(most, f32x4.abs(x));
    const x0 = f64x2.promote_low_f32x4(x), x1 = highHalf(x);
    const d0 = f64x2.sub(x0, f64x2.promote_low_f32x4(y)), d1 = f64x2.sub(x1, highHalf(y));
    power0 = f64x2.add(power0, f64x2.mul(x0, x0));
    power1 = f64x2.add(power1, f64x2.mul(x1, x1));
    error0 = f64x2.add(error0, f64x2.mul(d0, d0));
    error1 = f64x2.add(error1, f64x2.mul(d1, d1));
  }
  v128.store(errors, power0);
  v128.store(errors, power1, 16);
  v128.store(noise, error0);
  v128.store(noise, error1, 16);
  v128.store(largest, f64x2.pmax(v128.load(largest), f64x2.promote_low_f32x4(most)));
  v128.store(largest, f64x2.pmax(v128.load(largest, 16), highHalf(most)), 16);
}

// @ts-ignore: decorator
@inline
function oneColumn<C>(float: usize, codes: usize, rows: i32, channels: i32, divisor: f32, factor: f32, errors: usize): void {
  for (; rows > 0; rows--, float += (<usize>channels) << 2, codes += <usize>channels * sizeof<C>())
    twoRows<C>(float, codes, 1, 0, divisor, factor, errors, channels);
}

// @ts-ignore: decorator
@inline
function channelErrors<C>(
  float: usize, codes: usize, blocks: i32, channels: i32, inner: i32, divisor: f32, factor: f32, errors: usize,
): void {
  if (inner == 1) {
    let c = 0;
    for (; c + 4 <= channels; c += 4, float += 16, codes += 4 * sizeof<C>(), errors += 32)
      fourColumns<C>(float, codes, blocks, channels, divisor, factor, errors);
    for (; c < channels; c++, float += 4, codes += sizeof<C>(), errors += 8)
      oneColumn<C>(float, codes, blocks, channels, divisor, factor, errors);
    return;
  }
  for (; blocks > 0; blocks--) {
    for (let c = 0; c < channels; c += 2) {
      const next = c + 1 < channels ? 1 : 0, rows = <usize>((1 + next) * inner);
      twoRows<C>(float, codes, inner, next, divisor, factor, errors + ((<usize>c) << 3), channels);
      float += rows << 2;
      codes += rows * sizeof<C>();
    }
  }
}

/** Sums of each channel of float32 values and int8 codes. */
export function channel_errors_i8(
  float: usize, codes: usize, blocks: i32, channels: i32, inner: i32, divisor: f32, factor: f32, errors: usize,
): void {
  channelErrors<i8>(float, codes, blocks, channels, inner, divisor, factor, errors);
}

/** Sums of each channel of float32 values and int16 codes. */
export function channel_errors_i16(
  float: usize, codes: usize, blocks: i32, channels: i32, inner: i32, divisor: f32, factor: f32, errors: usize,
): void {
  channelErrors<i16>(float, codes, blocks, channels, inner, divisor, factor, errors);
}
