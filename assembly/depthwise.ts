// Depthwise convolution straight from padded planes: a vector of neighbouring output pixels per tap.

import { finish } from './finish';

/**
 * dst[channel][height * width] in float32, one accumulator per output, taps in ascending order. Channel c reads
 * the plane c / multiplier; a tap stands `offsets[tap]` bytes into a row of it.
 */
export function depthwise_f32(
  src: usize, planeBytes: usize, rowBytes: usize, dst: usize, weights: usize, offsets: usize, taps: i32,
  channels: i32, multiplier: i32, height: i32, width: i32, bias: usize, slopes: usize, low: f32, high: f32,
): void {
  for (let c = 0; c < channels; c++, weights += (<usize>taps) << 2) {
    let row = src + <usize>(c / multiplier) * planeBytes;
    for (let y = 0; y < height; y++, row += rowBytes, dst += (<usize>width) << 2) {
      let x = 0;
      for (; x + 16 <= width; x += 16) {
        const from = row + ((<usize>x) << 2);
        const to = dst + ((<usize>x) << 2);
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let t: usize = 0, end = (<usize>taps) << 2; t < end; t += 4) {
          const w = v128.load32_splat(weights + t);
          const p = from + <usize>load<u32>(offsets + t);
          s0 = f32x4.add(s0, f32x4.mul(w, v128.load(p)));
          s1 = f32x4.add(s1, f32x4.mul(w, v128.load(p, 16)));
          s2 = f32x4.add(s2, f32x4.mul(w, v128.load(p, 32)));
          s3 = f32x4.add(s3, f32x4.mul(w, v128.load(p, 48)));
        }
        v128.store(to, finish(s0, c, bias, slopes, low, high));
        v128.store(to, finish(s1, c, bias, slopes, low, high), 16);
        v128.store(to, finish(s2, c, bias, slopes, low, high), 32);
        v128.store(to, finish(s3, c, bias, slopes, low, high), 48);
      }
      for (; x < width; x += 4) {
        // The last vector of a row goes back to end with it; a row narrower than a vector is stored in parts.
        if (x + 4 > width && width >= 4) x = width - 4;
        const from = row + ((<usize>x) << 2);
        let sum = f32x4.splat(0);
        for (let t: usize = 0, end = (<usize>taps) << 2; t < end; t += 4) {
          sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + t), v128.load(from + <usize>load<u32>(offsets + t))));
        }
        sum = finish(sum, c, bias, slopes, low, high);
        const to = dst + ((<usize>x) << 2);
        if (width >= 4) v128.store(to, sum);
        else storeNarrow(to, sum, width);
      }
    }
  }
}

/**
 * dst[channel][height * width] in int32 from planes of int16 pairs; weights [channel][tap] as pairs (w, 0) for
 * even and (0, w) for odd channels of a pair, so that one dot product picks its channel. `multiplier` as above.
 */
export function depthwise_i16(
  src: usize, planeBytes: usize, rowBytes: usize, dst: usize, weights: usize, offsets: usize, taps: i32,
  channels: i32, multiplier: i32, height: i32, width: i32,
): void {
  for (let c = 0; c < channels; c++, weights += (<usize>taps) << 2) {
    let row = src + <usize>((c / multiplier) >> 1) * planeBytes;
    for (let y = 0; y < height; y++, row += rowBytes, dst += (<usize>width) << 2) {
      let x = 0;
      for (; x + 16 <= width; x += 16) {
        const from = row + ((<usize>x) << 2);
        const to = dst + ((<usize>x) << 2);
        let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let t: usize = 0, end = (<usize>taps) << 2; t < end; t += 4) {
          const w = v128.load32_splat(weights + t);
          const p = from + <usize>load<u32>(offsets + t);
          s0 = i32x4.add(s0, i32x4.dot_i16x8_s(w, v128.load(p)));
          s1 = i32x4.add(s1, i32x4.dot_i16x8_s(w, v128.load(p, 16)));
          s2 = i32x4.add(s2, i32x4.dot_i16x8_s(w, v128.load(p, 32)));
          s3 = i32x4.add(s3, i32x4.dot_i16x8_s(w, v128.load(p, 48)));
        }
        v128.store(to, s0);
        v128.store(to, s1, 16);
        v128.store(to, s2, 32);
        v128.store(to, s3, 48);
      }
      for (; x < width; x += 4) {
        if (x + 4 > width && width >= 4) x = width - 4;
        const from = row + ((<usize>x) << 2);
        let sum = i32x4.splat(0);
        for (let t: usize = 0, end = (<usize>taps) << 2; t < end; t += 4) {
          sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load32_splat(weights + t), v128.load(from + <usize>load<u32>(offsets + t))));
        }
        const to = dst + ((<usize>x) << 2);
        if (width >= 4) v128.store(to, sum);
        else storeNarrow(to, sum, width);
      }
    }
  }
}

/** Stores the first 1 to 3 lanes. */
// @ts-ignore: decorator
@inline
function storeNarrow(to: usize, value: v128, count: i32): void {
  v128.store_lane<i32>(to, value, 0);
  if (count > 1) v128.store_lane<i32>(to, value, 1, 4);
  if (count > 2) v128.store_lane<i32>(to, value, 2, 8);
}
