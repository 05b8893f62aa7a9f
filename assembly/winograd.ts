// 3 x 3 convolution on codes with 16 instead of 36 products per 2 x 2 outputs (Winograd's F(2 x 2, 3 x 3)), in whole
// numbers: weights are transformed at four times their value, sums are taken modulo 2^32 and divided by four at the
// end, so the result is the sum itself as long as four times it fits int32.

import { storeTail } from './finish';

/** Rows 0..3 of one column of the input transform: differences and sums down the rows, to four of the 16 planes. */
// @ts-ignore: decorator
@inline
function storeColumn(dst: usize, plane: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const down = plane << 2;
  v128.store(dst, i16x8.sub(r0, r2));
  v128.store(dst + down, i16x8.add(r1, r2));
  v128.store(dst + (down << 1), i16x8.sub(r2, r1));
  v128.store(dst + down * 3, i16x8.sub(r1, r3));
}

/** Four tiles; where they stand in two rows of tiles, the later lanes come from `gap` bytes on. */
// @ts-ignore: decorator
@inline
function tiles(at: usize, gap: usize, mask: v128): v128 {
  const here = v128.load(at);
  return gap ? v128.bitselect(here, v128.load(at + gap), mask) : here;
}

/** See the table. Values of int8 codes grow to at most 4 * 128. */
export function winograd_input_i16(
  src: usize, planeBytes: usize, rowBytes: usize, phaseBytes: usize, dst: usize, dstPlane: usize, pairs: i32, count: i32, tileColumns: i32,
): void {
  const panelBytes = (<usize>pairs) << 5;
  for (let t = 0; t < count; t += 4) {
    const ty = t / tileColumns;
    const tx = t - ty * tileColumns;
    const inRow = tileColumns - tx;
    const gap = inRow < 4 ? (rowBytes << 1) - ((<usize>tileColumns) << 2) : 0;
    const mask = i32x4.gt_s(i32x4.splat(inRow), i32x4(0, 1, 2, 3));
    let even = src + <usize>(ty << 1) * rowBytes + ((<usize>tx) << 2);
    let to = dst + (<usize>t >> 3) * panelBytes + ((<usize>t & 4) << 2);
    for (let k = 0; k < pairs; k++, even += planeBytes, to += 32) {
      const odd = even + phaseBytes;
      const a0 = tiles(even, gap, mask), a1 = tiles(even + rowBytes, gap, mask);
      const a2 = tiles(even + (rowBytes << 1), gap, mask), a3 = tiles(even + rowBytes * 3, gap, mask);
      const c0 = tiles(even + 4, gap, mask), c1 = tiles(even + 4 + rowBytes, gap, mask);
      const c2 = tiles(even + 4 + (rowBytes << 1), gap, mask), c3 = tiles(even + 4 + rowBytes * 3, gap, mask);
      storeColumn(to, dstPlane, i16x8.sub(a0, c0), i16x8.sub(a1, c1), i16x8.sub(a2, c2), i16x8.sub(a3, c3));
      const b0 = tiles(odd, gap, mask), b1 = tiles(odd + rowBytes, gap, mask);
      const b2 = tiles(odd + (rowBytes << 1), gap, mask), b3 = tiles(odd + rowBytes * 3, gap, mask);
      storeColumn(to + dstPlane, dstPlane, i16x8.add(b0, c0), i16x8.add(b1, c1), i16x8.add(b2, c2), i16x8.add(b3, c3));
      storeColumn(to + (dstPlane << 1), dstPlane, i16x8.sub(c0, b0), i16x8.sub(c1, b1), i16x8.sub(c2, b2), i16x8.sub(c3, b3));
      const d0 = tiles(odd + 4, gap, mask), d1 = tiles(odd + 4 + rowBytes, gap, mask);
      const d2 = tiles(odd + 4 + (rowBytes << 1), gap, mask), d3 = tiles(odd + 4 + rowBytes * 3, gap, mask);
      storeColumn(to + dstPlane * 3, dstPlane, i16x8.sub(b0, d0), i16x8.sub(b1, d1), i16x8.sub(b2, d2), i16x8.sub(b3, d3));
    }
  }
}

// @ts-ignore: decorator
@inline
function first(a: v128, b: v128, c: v128): v128 {
  return i32x4.add(i32x4.add(a, b), c);
}

// @ts-ignore: decorator
@inline
function second(b: v128, c: v128, d: v128): v128 {
  return i32x4.sub(i32x4.sub(b, c), d);
}

/** Two rows of 8 pixels from four tiles' left and right columns. */
// @ts-ignore: decorator
@inline
function storePixels(to: usize, left: v128, right: v128, count: i32): void {
  const l = i32x4.shr_s(left, 2), r = i32x4.shr_s(right, 2);
  const near = v128.shuffle<i32>(l, r, 0, 4, 1, 5), far = v128.shuffle<i32>(l, r, 2, 6, 3, 7);
  if (count >= 8) {
    v128.store(to, near);
    v128.store(to, far, 16);
  } else {
    storeTail(to, near, far, count);
  }
}

/** See the table. */
export function winograd_output_i32(
  src: usize, srcPlane: usize, srcStride: usize, dst: usize, dstStride: usize, channels: i32, tileColumns: i32, height: i32, width: i32,
): void {
  const p = srcPlane, p4 = srcPlane << 2;
  const lineBytes = (<usize>width) << 2;
  for (let c = 0; c < channels; c++, src += srcStride << 2, dst += dstStride << 2) {
    let row = src;
    let line = dst;
    for (let y = 0; y < height; y += 2, row += (<usize>tileColumns) << 2, line += lineBytes << 1) {
      let from = row;
      for (let x = 0; x < width; x += 8, from += 16) {
        // Columns first: the upper and the lower output row of each of the four columns of a tile.
        const q1 = from + p4, q2 = from + (p4 << 1), q3 = from + p4 * 3;
        const a1 = v128.load(q1), a2 = v128.load(q2);
        const u0 = first(v128.load(from), a1, a2), l0 = second(a1, a2, v128.load(q3));
        const b1 = v128.load(q1 + p), b2 = v128.load(q2 + p);
        const u1 = first(v128.load(from + p), b1, b2), l1 = second(b1, b2, v128.load(q3 + p));
        const c1 = v128.load(q1 + (p << 1)), c2 = v128.load(q2 + (p << 1));
        const u2 = first(v128.load(from + (p << 1)), c1, c2), l2 = second(c1, c2, v128.load(q3 + (p << 1)));
        const d1 = v128.load(q1 + p * 3), d2 = v128.load(q2 + p * 3);
        const u3 = first(v128.load(from + p * 3), d1, d2), l3 = second(d1, d2, v128.load(q3 + p * 3));
        const to = line + ((<usize>x) << 2);
        storePixels(to, first(u0, u1, u2), second(u1, u2, u3), width - x);
        if (y + 1 < height) storePixels(to + lineBytes, first(l0, l1, l2), second(l1, l2, l3), width - x);
      }
    }
  }
}
