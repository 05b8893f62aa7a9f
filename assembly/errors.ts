import { loadLanes } from './lanes';

/**
 * Adds each channel's sum of squared differences between the values of int8 codes and int32 targets, both [channel][sample], to
 * `channels` float64 at `sums`. `values`: 256 float64, of code -128 first. Whole numbers below 2^53 add up exactly, in any order.
 */
export function square_errors_i8(
  codes: usize, targets: usize, channels: i32, samples: i32, values: usize, sums: usize,
): void {
  const zero = values + (128 << 3);
  for (let c = 0; c < channels; c++, sums += 8) {
    const end = codes + samples;
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    for (; codes + 4 <= end; codes += 4, targets += 16) {
      const target = loadLanes<i32>(targets);
      const first = f64x2.sub(pair_of(zero, codes), f64x2.convert_low_i32x4_s(target));
      const second = f64x2.sub(pair_of(zero, codes + 2), f64x2.convert_low_i32x4_s(v128.shuffle<i64>(target, target, 1, 1)));
      even = f64x2.add(even, f64x2.mul(first, first));
      odd = f64x2.add(odd, f64x2.mul(second, second));
    }
    const total = f64x2.add(even, odd);
    let sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
    for (; codes < end; codes++, targets += 4) {
      const difference = load<f64>(zero + (<isize>load<i8>(codes) << 3)) - <f64>load<i32>(targets);
      sum += difference * difference;
    }
    store<f64>(sums, load<f64>(sums) + sum);
  }
}

/** The values of two neighbouring codes; `zero`: where the value of code 0 is. */
// @ts-ignore: decorator
@inline
function pair_of(zero: usize, codes: usize): v128 {
  const first = v128.load64_zero(zero + (<isize>load<i8>(codes) << 3));
  return v128.load_lane<f64>(zero + (<isize>load<i8>(codes, 1) << 3), first, 1);
}

/**
 * Codes at `offsets`, int32 [tap][sample] within a channel, of every channel `channelStep` bytes behind the one before: int8
 * [channel][tap][sample], a row every `stride` bytes. A negative offset gives 0.
 */
export function gather_i8(
  src: usize, channels: i32, channelStep: i32, offsets: usize, taps: i32, samples: i32, dst: usize, stride: i32,
): void {
  for (let c = 0; c < channels; c++, src += channelStep) {
    let at = offsets;
    for (let tap = 0; tap < taps; tap++, dst += stride) {
      for (let to = dst, end = dst + samples; to < end; to++, at += 4) {
        const offset = load<i32>(at);
        store<i8>(to, offset < 0 ? 0 : load<i8>(src + offset));
      }
    }
  }
}

/** Float32 values divided by a unit, rounded half up, as int32, saturated; NaN gives 0. In place is allowed. */
export function round_units_f32(src: usize, dst: usize, count: i32, unit: f64): void {
  const end = src + (<usize>count << 2);
  for (; src + 8 <= end; src += 8, dst += 8) {
    v128.store_lane<i64>(dst, round_pair(v128.load64_zero(src), unit), 0);
  }
  if (src < end) v128.store_lane<i32>(dst, round_pair(v128.load32_zero(src), unit), 0);
}

// @ts-ignore: decorator
@inline
function round_pair(values: v128, unit: f64): v128 {
  const quotients = f64x2.div(f64x2.promote_low_f32x4(values), f64x2.splat(unit));
  const below = f64x2.floor(quotients);
  const isUp = f64x2.ge(f64x2.sub(quotients, below), f64x2.splat(0.5));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.add(below, v128.and(isUp, f64x2.splat(1))));
}
