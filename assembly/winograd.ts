// 3 x 3 convolution with 16 instead of 36 products per 2 x 2 outputs (Winograd's F(2 x 2, 3 x 3)). On codes in whole
// numbers: weights are transformed at four times their value, sums are taken modulo 2^32 and divided by four at the
// end, so the result is the sum itself as long as four times it fits int32. In float32 another rounding of it.

import { finish, storeTail } from './finish';

/** Rows 0..3 of one column of the input transform: differences and sums down the rows, to four of the 16 planes. */
// @ts-ignore: decorator
@inline
function storeColumn<T>(dst: usize, plane: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const down = plane << 2;
  v128.store(dst, v128.sub<T>(r0, r2));
  v128.store(dst + down, v128.add<T>(r1, r2));
  v128.store(dst + (down << 1), v128.sub<T>(r2, r1));
  v128.store(dst + down * 3, v128.sub<T>(r1, r3));
}

/** Four tiles; where they stand in two rows of tiles, the later lanes come from `gap` bytes on. */
// @ts-ignore: decorator
@inline
export function tiles(at: usize, gap: usize, mask: v128): v128 {
  const here = v128.load(at);
  return gap ? v128.bitselect(here, v128.load(at + gap), mask) : here;
}

// @ts-ignore: decorator
@inline
function transformInput<T>(
  src: usize, planeBytes: usize, rowBytes: usize, phaseBytes: usize, dst: usize, dstPlane: usize, planes: i32, count: i32, tileColumns: i32,
): void {
  const panelBytes = (<usize>planes) << 5;
  for (let t = 0; t < count; t += 4) {
    const ty = t / tileColumns;
    const tx = t - ty * tileColumns;
    const inRow = tileColumns - tx;
    const gap = inRow < 4 ? (rowBytes << 1) - ((<usize>tileColumns) << 2) : 0;
    const mask = i32x4.gt_s(i32x4.splat(inRow), i32x4(0, 1, 2, 3));
    let even = src + <usize>(ty << 1) * rowBytes + ((<usize>tx) << 2);
    let to = dst + (<usize>t >> 3) * panelBytes + ((<usize>t & 4) << 2);
    for (let k = 0; k < planes; k++, even += planeBytes, to += 32) {
      const odd = even + phaseBytes;
      const a0 = tiles(even, gap, mask), a1 = tiles(even + rowBytes, gap, mask);
      const a2 = tiles(even + (rowBytes << 1), gap, mask), a3 = tiles(even + rowBytes * 3, gap, mask);
      const c0 = tiles(even + 4, gap, mask), c1 = tiles(even + 4 + rowBytes, gap, mask);
      const c2 = tiles(even + 4 + (rowBytes << 1), gap, mask), c3 = tiles(even + 4 + rowBytes * 3, gap, mask);
      storeColumn<T>(to, dstPlane, v128.sub<T>(a0, c0), v128.sub<T>(a1, c1), v128.sub<T>(a2, c2), v128.sub<T>(a3, c3));
      const b0 = tiles(odd, gap, mask), b1 = tiles(odd + rowBytes, gap, mask);
      const b2 = tiles(odd + (rowBytes << 1), gap, mask), b3 = tiles(odd + rowBytes * 3, gap, mask);
      storeColumn<T>(to + dstPlane, dstPlane, v128.add<T>(b0, c0), v128.add<T>(b1, c1), v128.add<T>(b2, c2), v128.add<T>(b3, c3));
      storeColumn<T>(to + (dstPlane << 1), dstPlane, v128.sub<T>(c0, b0), v128.sub<T>(c1, b1), v128.sub<T>(c2, b2), v128.sub<T>(c3, b3));
      const d0 = tiles(odd + 4, gap, mask), d1 = tiles(odd + 4 + rowBytes, gap, mask);
      const d2 = tiles(odd + 4 + (rowBytes << 1), gap, mask), d3 = tiles(odd + 4 + rowBytes * 3, gap, mask);
      storeColumn<T>(to + dstPlane * 3, dstPlane, v128.sub<T>(b0, d0), v128.sub<T>(b1, d1), v128.sub<T>(b2, d2), v128.sub<T>(b3, d3));
    }
  }
}

/** Transform of pairs of int16; values of int8 codes grow to at most 4 * 128. See the table. */
export function winograd_input_i16(
  src: usize, planeBytes: usize, rowBytes: usize, phaseBytes: usize, dst: usize, dstPlane: usize, planes: i32, count: i32, tileColumns: i32,
): void {
  transformInput<i16>(src, planeBytes, rowBytes, phaseBytes, dst, dstPlane, planes, count, tileColumns);
}

/** Transform of float32, across a row of the patch first, then down. See the table. */
export function winograd_input_f32(
  src: usize, planeBytes: usize, rowBytes: usize, phaseBytes: usize, dst: usize, dstPlane: usize, planes: i32, count: i32, tileColumns: i32,
): void {
  transformInput<f32>(src, planeBytes, rowBytes, phaseBytes, dst, dstPlane, planes, count, tileColumns);
}

// @ts-ignore: decorator
@inline
function first<T>(a: v128, b: v128, c: v128): v128 {
  return v128.add<T>(v128.add<T>(a, b), c);
}

// @ts-ignore: decorator
@inline
function second<T>(b: v128, c: v128, d: v128): v128 {
  return v128.sub<T>(v128.sub<T>(b, c), d);
}

/** A row of 8 pixels from four tiles' left and right columns. */
// @ts-ignore: decorator
@inline
function storePixels(to: usize, left: v128, right: v128, count: i32): void {
  const near = v128.shuffle<i32>(left, right, 0, 4, 1, 5), far = v128.shuffle<i32>(left, right, 2, 6, 3, 7);
  if (count >= 8) {
    v128.store(to, near);
    v128.store(to, far, 16);
  } else {
    storeTail(to, near, far, count);
  }
}

/** A quarter of an int32; bias and activation of a float32. */
// @ts-ignore: decorator
@inline
function ended<T>(v: v128, channel: i32, bias: usize, slopes: usize, low: f32, high: f32): v128 {
  return isFloat<T>() ? finish(v, channel, bias, slopes, low, high) : i32x4.shr_s(v, 2);
}

// @ts-ignore: decorator
@inline
function transformOutput<T>(
  src: usize, srcPlane: usize, srcStride: usize, dst: usize, dstStride: usize, channels: i32, tileColumns: i32, height: i32, width: i32,
  bias: usize, slopes: usize, low: f32, high: f32,
): void {
  const p = srcPlane, p4 = srcPlane << 2;
  const lineBytes = (<usize>width) << 2;
  for (let c = 0; c < channels; c++, src += srcStride << 2, dst += dstStride << 2) {
    let row = src;
    let line = dst;
    for (let y = 0; y < height; y += 2, row += (<usize>tileColumns) << 2, line += lineBytes << 1) {
      let from = row;
      for (let x = 0; x < width; x += 8, from += 16) {
        // Down first: the upper and the lower output row of each of the four columns of a tile.
        const q1 = from + p4, q2 = from + (p4 << 1), q3 = from + p4 * 3;
        const a1 = v128.load(q1), a2 = v128.load(q2);
        const u0 = first<T>(v128.load(from), a1, a2), l0 = second<T>(a1, a2, v128.load(q3));
        const b1 = v128.load(q1 + p), b2 = v128.load(q2 + p);
        const u1 = first<T>(v128.load(from + p), b1, b2), l1 = second<T>(b1, b2, v128.load(q3 + p));
        const c1 = v128.load(q1 + (p << 1)), c2 = v128.load(q2 + (p << 1));
        const u2 = first<T>(v128.load(from + (p << 1)), c1, c2), l2 = second<T>(c1, c2, v128.load(q3 + (p << 1)));
        const d1 = v128.load(q1 + p * 3), d2 = v128.load(q2 + p * 3);
        const u3 = first<T>(v128.load(from + p * 3), d1, d2), l3 = second<T>(d1, d2, v128.load(q3 + p * 3));
        const to = line + ((<usize>x) << 2);
        storePixels(
          to, ended<T>(first<T>(u0, u1, u2), c, bias, slopes, low, high), ended<T>(second<T>(u1, u2, u3), c, bias, slopes, low, high), width - x,
        );
        if (y + 1 < height) storePixels(
          to + lineBytes, ended<T>(first<T>(l0, l1, l2), c, bias, slopes, low, high), ended<T>(second<T>(l1, l2, l3), c, bias, slopes, low, high), width - x,
        );
      }
    }
  }
}

/** See the table. */
export function winograd_output_i32(
  src: usize, srcPlane: usize, srcStride: usize, dst: usize, dstStride: usize, channels: i32, tileColumns: i32, height: i32, width: i32,
): void {
  transformOutput<i32>(src, srcPlane, srcStride, dst, dstStride, channels, tileColumns, height, width, 0, 0, 0, 0);
}

/** See the table. */
export function winograd_output_f32(
  src: usize, srcPlane: usize, srcStride: usize, dst: usize, dstStride: usize, channels: i32, tileColumns: i32, height: i32, width: i32,
  bias: usize, slopes: usize, low: f32, high: f32,
): void {
  transformOutput<f32>(src, srcPlane, srcStride, dst, dstStride, channels, tileColumns, height, width, bias, slopes, low, high);
}
