// As winograd.ts with 36 products per 4 x 4 outputs (F(4 x 4, 3 x 3), points 0, 1, -1, 2, -2). The fractions of the
// transform are gathered in the outputs, which come out 576 = 9 * 64 times too large, modulo 2^32: multiplied by the
// inverse of 9 and shifted by 6 they are the sums, as long as 64 times them fits int32.

import { tiles } from './winograd';

/** 9 * 954437177 = 2^33 + 1. */
const INVERSE_OF_9: i32 = 954437177;

/** One dimension of the input transform of six vectors, stored `step` apart; grows values tenfold. */
// @ts-ignore: decorator
@inline
function spread(to: usize, step: usize, d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128): void {
  const four2 = i16x8.sub(d4, i16x8.shl(d2, 2)), four1 = i16x8.sub(d3, i16x8.shl(d1, 2));
  const one2 = i16x8.sub(d4, d2), one1 = i16x8.shl(i16x8.sub(d3, d1), 1);
  v128.store(to, i16x8.add(i16x8.sub(i16x8.shl(d0, 2), d2), four2));
  v128.store(to + step, i16x8.add(four2, four1));
  v128.store(to + (step << 1), i16x8.sub(four2, four1));
  v128.store(to + step * 3, i16x8.add(one2, one1));
  v128.store(to + (step << 2), i16x8.sub(one2, one1));
  v128.store(to + step * 5, i16x8.sub(i16x8.sub(d5, d3), i16x8.shl(one1, 1)));
}

/** See the table. */
export function winograd4_input_i16(
  src: usize, planeBytes: usize, rowBytes: usize, phaseBytes: usize, work: usize, dst: usize, dstPlane: usize, pairs: i32, count: i32, tileColumns: i32,
): void {
  const panelBytes = (<usize>pairs) << 5;
  for (let t = 0; t < count; t += 4) {
    const ty = t / tileColumns;
    const tx = t - ty * tileColumns;
    const inRow = tileColumns - tx;
    const gap = inRow < 4 ? (rowBytes << 2) - ((<usize>tileColumns) << 2) : 0;
    const mask = i32x4.gt_s(i32x4.splat(inRow), i32x4(0, 1, 2, 3));
    let patch = src + <usize>(ty << 2) * rowBytes + ((<usize>tx) << 2);
    let to = dst + (<usize>t >> 3) * panelBytes + ((<usize>t & 4) << 2);
    for (let k = 0; k < pairs; k++, patch += planeBytes, to += 32) {
      for (let column: usize = 0; column < 6; column++) {
        const p = patch + (column & 3) * phaseBytes + ((column >> 2) << 2);
        spread(
          work + (column << 4), 96, tiles(p, gap, mask), tiles(p + rowBytes, gap, mask), tiles(p + (rowBytes << 1), gap, mask),
          tiles(p + rowBytes * 3, gap, mask), tiles(p + (rowBytes << 2), gap, mask), tiles(p + rowBytes * 5, gap, mask),
        );
      }
      for (let row: usize = 0; row < 6; row++) {
        const w = work + row * 96;
        spread(to + row * 6 * dstPlane, dstPlane, v128.load(w), v128.load(w, 16), v128.load(w, 32), v128.load(w, 48), v128.load(w, 64), v128.load(w, 80));
      }
    }
  }
}

/** The first `count` (at least 1) of 16 lanes. */
// @ts-ignore: decorator
@inline
function storePixels(to: usize, count: i32, v0: v128, v1: v128, v2: v128, v3: v128): void {
  if (count >= 16) {
    v128.store(to, v0);
    v128.store(to, v1, 16);
    v128.store(to, v2, 32);
    v128.store(to, v3, 48);
    return;
  }
  while (count > 0) {
    if (count >= 4) v128.store(to, v0);
    else {
      v128.store_lane<i32>(to, v0, 0);
      if (count > 1) v128.store_lane<i32>(to, v0, 1, 4);
      if (count > 2) v128.store_lane<i32>(to, v0, 2, 8);
    }
    v0 = v1; v1 = v2; v2 = v3;
    count -= 4; to += 16;
  }
}

// @ts-ignore: decorator
@inline
function quotient(v: v128): v128 {
  return i32x4.shr_s(i32x4.mul(v, i32x4.splat(INVERSE_OF_9)), 6);
}

/** See the table. */
export function winograd4_output_i32(
  src: usize, srcPlane: usize, srcStride: usize, work: usize, dst: usize, dstStride: usize, channels: i32, tileColumns: i32, height: i32, width: i32,
): void {
  const down = srcPlane * 6;
  const lineBytes = (<usize>width) << 2;
  for (let c = 0; c < channels; c++, src += srcStride << 2, dst += dstStride << 2) {
    let row = src;
    let line = dst;
    for (let y = 0; y < height; y += 4, row += (<usize>tileColumns) << 2, line += lineBytes << 2) {
      let from = row;
      for (let x = 0; x < width; x += 16, from += 16) {
        for (let column: usize = 0; column < 6; column++) {
          const p = from + column * srcPlane;
          const m1 = v128.load(p + down), m2 = v128.load(p + (down << 1)), m3 = v128.load(p + down * 3), m4 = v128.load(p + (down << 2));
          const even = i32x4.shl(i32x4.add(m1, m2), 2), odd = i32x4.shl(i32x4.sub(m1, m2), 2);
          const near = i32x4.add(m3, m4), far = i32x4.sub(m3, m4);
          const m0 = v128.load(p), m5 = v128.load(p + down * 5);
          const w = work + (column << 4);
          v128.store(w, i32x4.add(i32x4.add(i32x4.shl(m0, 2), i32x4.shl(m0, 1)), i32x4.add(even, near)));
          v128.store(w, i32x4.add(odd, i32x4.shl(far, 1)), 96);
          v128.store(w, i32x4.add(even, i32x4.shl(near, 2)), 192);
          v128.store(w, i32x4.add(i32x4.add(odd, i32x4.shl(far, 3)), i32x4.add(i32x4.shl(m5, 4), i32x4.shl(m5, 3))), 288);
        }
        const lines = min(4, height - y);
        for (let i: usize = 0; i < <usize>lines; i++) {
          const w = work + i * 96;
          const m1 = v128.load(w, 16), m2 = v128.load(w, 32), m3 = v128.load(w, 48), m4 = v128.load(w, 64);
          const even = i32x4.shl(i32x4.add(m1, m2), 2), odd = i32x4.shl(i32x4.sub(m1, m2), 2);
          const near = i32x4.add(m3, m4), far = i32x4.sub(m3, m4);
          const m0 = v128.load(w), m5 = v128.load(w, 80);
          const y0 = quotient(i32x4.add(i32x4.add(i32x4.shl(m0, 2), i32x4.shl(m0, 1)), i32x4.add(even, near)));
          const y1 = quotient(i32x4.add(odd, i32x4.shl(far, 1)));
          const y2 = quotient(i32x4.add(even, i32x4.shl(near, 2)));
          const y3 = quotient(i32x4.add(i32x4.add(odd, i32x4.shl(far, 3)), i32x4.add(i32x4.shl(m5, 4), i32x4.shl(m5, 3))));
          const t0 = v128.shuffle<i32>(y0, y1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(y2, y3, 0, 4, 1, 5);
          const t2 = v128.shuffle<i32>(y0, y1, 2, 6, 3, 7), t3 = v128.shuffle<i32>(y2, y3, 2, 6, 3, 7);
          storePixels(
            line + i * lineBytes + ((<usize>x) << 2), width - x, v128.shuffle<i64>(t0, t1, 0, 2), v128.shuffle<i64>(t0, t1, 1, 3),
            v128.shuffle<i64>(t2, t3, 0, 2), v128.shuffle<i64>(t2, t3, 1, 3),
          );
        }
      }
    }
  }
}
