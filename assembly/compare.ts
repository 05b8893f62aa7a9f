// How far the overlay is from float: sums over elements, in double, in the order of the elements.

import { loadLanes } from './lanes';

/** Bytes of the results of one comparison: signal, noise, product, power, largest error, its index. */
const RESULTS: usize = 48;

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

/** Whether one of two doubles is farther from zero than `most`. */
// @ts-ignore: decorator
@inline
function larger(difference: v128, most: v128): v128 {
  return f64x2.gt(f64x2.abs(difference), most);
}

/** Replaces the largest error of a comparison and its index where one of `count` elements from `index` on is farther off. */
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
  return error;
}

// @ts-ignore: decorator
@inline
function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** Results of one comparison, or of two with the same float values, whose sums then run side by side. */
// @ts-ignore: decorator
@inline
function compare<C>(
  float: usize, fixed: usize, other: usize, count: i32, divisor: f32, factor: f32, results: usize, two: bool,
): void {
  const by = f32x4.splat(divisor), times = f32x4.splat(factor);
  const otherResults = results + RESULTS;
  let signalNoise = f64x2.splat(0), productPower = signalNoise, noiseProduct2 = signalNoise, power2 = signalNoise;
  let most = f64x2.splat(0), most2 = most;
  store<f64>(results, 0, 32);
  store<f64>(results, -1, 40);
  if (two) {
    store<f64>(otherResults, 0, 32);
    store<f64>(otherResults, -1, 40);
  }
  let i = 0;
  for (; i + 4 <= count; i += 4, float += 16, fixed += 4 * sizeof<C>()) {
    const x = v128.load(float), y = values<C>(fixed, by, times);
    const x0 = f64x2.promote_low_f32x4(x), x1 = highHalf(x);
    const y0 = f64x2.promote_low_f32x4(y), y1 = highHalf(y);
    const d0 = f64x2.sub(x0, y0), d1 = f64x2.sub(x1, y1);
    const signal0 = f64x2.mul(x0, x0), signal1 = f64x2.mul(x1, x1), noise0 = f64x2.mul(d0, d0), noise1 = f64x2.mul(d1, d1);
    signalNoise = f64x2.add(signalNoise, v128.shuffle<i64>(signal0, noise0, 0, 2));
    signalNoise = f64x2.add(signalNoise, v128.shuffle<i64>(signal0, noise0, 1, 3));
    signalNoise = f64x2.add(signalNoise, v128.shuffle<i64>(signal1, noise1, 0, 2));
    signalNoise = f64x2.add(signalNoise, v128.shuffle<i64>(signal1, noise1, 1, 3));
    const product0 = f64x2.mul(x0, y0), product1 = f64x2.mul(x1, y1), power0 = f64x2.mul(y0, y0), power1 = f64x2.mul(y1, y1);
    productPower = f64x2.add(productPower, v128.shuffle<i64>(product0, power0, 0, 2));
    productPower = f64x2.add(productPower, v128.shuffle<i64>(product0, power0, 1, 3));
    productPower = f64x2.add(productPower, v128.shuffle<i64>(product1, power1, 0, 2));
    productPower = f64x2.add(productPower, v128.shuffle<i64>(product1, power1, 1, 3));
    if (v128.any_true(v128.or(larger(d0, most), larger(d1, most))))
      most = f64x2.splat(keepLargest<C>(float, fixed, 4, divisor, factor, i, results));
    if (two) {
      const z = values<C>(other, by, times);
      const z0 = f64x2.promote_low_f32x4(z), z1 = highHalf(z);
      const e0 = f64x2.sub(x0, z0), e1 = f64x2.sub(x1, z1);
      const second0 = f64x2.mul(e0, e0), second1 = f64x2.mul(e1, e1), third0 = f64x2.mul(x0, z0), third1 = f64x2.mul(x1, z1);
      noiseProduct2 = f64x2.add(noiseProduct2, v128.shuffle<i64>(second0, third0, 0, 2));
      noiseProduct2 = f64x2.add(noiseProduct2, v128.shuffle<i64>(second0, third0, 1, 3));
      noiseProduct2 = f64x2.add(noiseProduct2, v128.shuffle<i64>(second1, third1, 0, 2));
      noiseProduct2 = f64x2.add(noiseProduct2, v128.shuffle<i64>(second1, third1, 1, 3));
      const fourth0 = f64x2.mul(z0, z0), fourth1 = f64x2.mul(z1, z1);
      // Lane 0 alone is a sum.
      power2 = f64x2.add(power2, fourth0);
      power2 = f64x2.add(power2, v128.shuffle<i64>(fourth0, fourth0, 1, 1));
      power2 = f64x2.add(power2, fourth1);
      power2 = f64x2.add(power2, v128.shuffle<i64>(fourth1, fourth1, 1, 1));
      if (v128.any_true(v128.or(larger(e0, most2), larger(e1, most2))))
        most2 = f64x2.splat(keepLargest<C>(float, other, 4, divisor, factor, i, otherResults));
      other += 4 * sizeof<C>();
    }
  }
  keepLargest<C>(float, fixed, count - i, divisor, factor, i, results);
  if (two) keepLargest<C>(float, other, count - i, divisor, factor, i, otherResults);
  for (; i < count; i++, float += 4, fixed += sizeof<C>()) {
    const x = <f64>load<f32>(float), y = valueOf<C>(fixed, divisor, factor), d = x - y;
    signalNoise = f64x2.add(signalNoise, pair(x * x, d * d));
    productPower = f64x2.add(productPower, pair(x * y, y * y));
    if (two) {
      const z = valueOf<C>(other, divisor, factor), e = x - z;
      noiseProduct2 = f64x2.add(noiseProduct2, pair(e * e, x * z));
      power2 = f64x2.add(power2, f64x2.splat(z * z));
      other += sizeof<C>();
    }
  }
  v128.store(results, signalNoise);
  v128.store(results, productPower, 16);
  if (two) {
    store<f64>(otherResults, f64x2.extract_lane(signalNoise, 0));
    v128.store(otherResults, noiseProduct2, 8);
    store<f64>(otherResults, f64x2.extract_lane(power2, 0), 24);
  }
}

/** Float32 values against int8 codes, and against other codes of the same grid where `other` is not 0. */
export function compare_i8(float: usize, codes: usize, other: usize, count: i32, divisor: f32, factor: f32, results: usize): void {
  if (other) compare<i8>(float, codes, other, count, divisor, factor, results, true);
  else compare<i8>(float, codes, other, count, divisor, factor, results, false);
}

/** Float32 values against int16 codes, and against other codes of the same grid where `other` is not 0. */
export function compare_i16(float: usize, codes: usize, other: usize, count: i32, divisor: f32, factor: f32, results: usize): void {
  if (other) compare<i16>(float, codes, other, count, divisor, factor, results, true);
  else compare<i16>(float, codes, other, count, divisor, factor, results, false);
}

/** Float32 values against float32 values. */
export function compare_f32(float: usize, fixed: usize, count: i32, results: usize): void {
  compare<f32>(float, fixed, 0, count, 1, 1, results, false);
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

/** The lanes of two pairs added one after the other: each lane of the sum is a row's. */
// @ts-ignore: decorator
@inline
function addPairs(sum: v128, first: v128, second: v128): v128 {
  return f64x2.add(f64x2.add(sum, v128.shuffle<i64>(first, second, 0, 2)), v128.shuffle<i64>(first, second, 1, 3));
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
