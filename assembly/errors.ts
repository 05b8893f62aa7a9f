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
