// Depthwise convolution straight from padded planes: per tap four vectors, one above the other, of neighbouring pixels.

import { finish } from './finish';

/** Output rows worked on at once. */
const ROWS = 4;

/**
 * dst[channel][height * width] in float32, one accumulator per output, taps in ascending order. Channel c reads
 * the plane c / multiplier; a tap stands `offsets[tap]` bytes into a row of it.
 */
export function depthwise_f32(
  src: usize, planeBytes: usize, rowBytes: usize, dst: usize, weights: usize, offsets: usize, taps: i32,
  channels: i32, multiplier: i32, height: i32, width: i32, bias: usize, slopes: usize, low: f32, high: f32,
): void {
  const lineBytes = (<usize>width) << 2;
  const end = (<usize>taps) << 2;
  for (let c = 0; c < channels; c++, weights += end, dst += lineBytes * <usize>height) {
    const plane = src + <usize>(c / multiplier) * planeBytes;
    for (let y = 0; y < height; y += ROWS) {
      // The last tile of a row or column is moved back to end with the plane; its overlap is computed twice. Planes smaller than a tile go row by row.
      if (y + ROWS > height && height >= ROWS) y = height - ROWS;
      const row = plane + <usize>y * rowBytes;
      const line = dst + <usize>y * lineBytes;
      if (height < ROWS || width < 4) {
        const last = min(y + ROWS, height) - y;
        for (let i = 0; i < last; i++) {
          for (let x = 0; x < width; x += 4) {
            const from = row + <usize>i * rowBytes + ((<usize>x) << 2);
            let sum = f32x4.splat(0);
            for (let t: usize = 0; t < end; t += 4) {
              const w = v128.load32_splat(weights + t);
              sum = f32x4.add(sum, f32x4.mul(w, v128.load(from + <usize>load<u32>(offsets + t))));
            }
            const to = line + <usize>i * lineBytes + ((<usize>x) << 2);
            sum = finish(sum, c, bias, slopes, low, high);
            if (x + 4 <= width) v128.store(to, sum);
            else storeNarrow(to, sum, width - x);
          }
        }
        continue;
      }
      for (let x = 0; x < width; x += 4) {
        if (x + 4 > width) x = width - 4;
        const from = row + ((<usize>x) << 2);
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let t: usize = 0; t < end; t += 4) {
          const w = v128.load32_splat(weights + t);
          const p = from + <usize>load<u32>(offsets + t);
          s0 = f32x4.add(s0, f32x4.mul(w, v128.load(p)));
          s1 = f32x4.add(s1, f32x4.mul(w, v128.load(p + rowBytes)));
          s2 = f32x4.add(s2, f32x4.mul(w, v128.load(p + (rowBytes << 1))));
          s3 = f32x4.add(s3, f32x4.mul(w, v128.load(p + rowBytes * 3)));
        }
        const to = line + ((<usize>x) << 2);
        v128.store(to, finish(s0, c, bias, slopes, low, high));
        v128.store(to + lineBytes, finish(s1, c, bias, slopes, low, high));
        v128.store(to + (lineBytes << 1), finish(s2, c, bias, slopes, low, high));
        v128.store(to + lineBytes * 3, finish(s3, c, bias, slopes, low, high));
      }
    }
  }
}

/**
 * dst[channel][height * width] in int32 from planes of int16 pairs; weights [channel][tap] as pairs (w, 0) for
 * even and (0, w) for odd channels of a pair, so that one dot product picks its channel. `multiplier` as above.
 * Sums are modulo 2^32; the caller bounds them below 2^31.
 */
export function depthwise_i16(
  src: usize, planeBytes: usize, rowBytes: usize, dst: usize, weights: usize, offsets: usize, taps: i32,
  channels: i32, multiplier: i32, height: i32, width: i32,
): void {
  const lineBytes = (<usize>width) << 2;
  const end = (<usize>taps) << 2;
  for (let c = 0; c < channels; c++, weights += end, dst += lineBytes * <usize>height) {
    const plane = src + <usize>((c / multiplier) >> 1) * planeBytes;
    for (let y = 0; y < height; y += ROWS) {
      // The last tile of a row or column is moved back to end with the plane; its overlap is computed twice. Planes smaller than a tile go row by row.
      if (y + ROWS > height && height >= ROWS) y = height - ROWS;
      const row = plane + <usize>y * rowBytes;
      const line = dst + <usize>y * lineBytes;
      if (height < ROWS || width < 4) {
        const last = min(y + ROWS, height) - y;
        for (let i = 0; i < last; i++) {
          for (let x = 0; x < width; x += 4) {
            const from = row + <usize>i * rowBytes + ((<usize>x) << 2);
            let sum = i32x4.splat(0);
            for (let t: usize = 0; t < end; t += 4) {
              const w = v128.load32_splat(weights + t);
              sum = i32x4.add(sum, i32x4.dot_i16x8_s(w, v128.load(from + <usize>load<u32>(offsets + t))));
            }
            const to = line + <usize>i * lineBytes + ((<usize>x) << 2);
            if (x + 4 <= width) v128.store(to, sum);
            else storeNarrow(to, sum, width - x);
          }
        }
        continue;
      }
      for (let x = 0; x < width; x += 4) {
        if (x + 4 > width) x = width - 4;
        const from = row + ((<usize>x) << 2);
        let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let t: usize = 0; t < end; t += 4) {
          const w = v128.load32_splat(weights + t);
          const p = from + <usize>load<u32>(offsets + t);
          s0 = i32x4.add(s0, i32x4.dot_i16x8_s(w, v128.load(p)));
          s1 = i32x4.add(s1, i32x4.dot_i16x8_s(w, v128.load(p + rowBytes)));
          s2 = i32x4.add(s2, i32x4.dot_i16x8_s(w, v128.load(p + (rowBytes << 1))));
          s3 = i32x4.add(s3, i32x4.dot_i16x8_s(w, v128.load(p + rowBytes * 3)));
        }
        const to = line + ((<usize>x) << 2);
        v128.store(to, s0);
        v128.store(to + lineBytes, s1);
        v128.store(to + (lineBytes << 1), s2);
        v128.store(to + lineBytes * 3, s3);
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
