// As gemm-f32, with a pair of int16 for every float: A [pairs][4][2], B panels [pairs][8][2], sums in int32.

import { storeTail } from './finish';

/**
 * C[rows][columns] = (accumulate ? C : 0) + A B in int32, modulo 2^32, so that no order of addition matters. The sums are
 * exact where they are below 2^31, which the caller proves: by bounds of the codes, or by at most 252 pairs of products
 * below 2^22.
 */
export function gemm_i16(
  a: usize, aStride: usize, b: usize, c: usize, cStride: usize, rows: i32, columns: i32, pairs: i32, accumulate: i32,
): void {
  const bStride = (<usize>pairs) << 5;
  const rowBytes = cStride << 2;
  for (let row = 0; row < rows; row += 4, a += aStride << 2, c += rowBytes << 2) {
    const valid = rows - row;
    const c1 = valid > 1 ? rowBytes : 0;
    const c2 = valid > 2 ? rowBytes << 1 : 0;
    const c3 = valid > 3 ? rowBytes * 3 : 0;
    let pb = b;
    let pc = c;
    for (let column = 0; column < columns; column += 8, pc += 32) {
      let s00 = i32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      const width = columns - column;
      if (accumulate) {
        s00 = v128.load(pc); s01 = v128.load(pc, 16);
        s10 = v128.load(pc + c1); s11 = v128.load(pc + c1, 16);
        s20 = v128.load(pc + c2); s21 = v128.load(pc + c2, 16);
        s30 = v128.load(pc + c3); s31 = v128.load(pc + c3, 16);
      }
      let pa = a;
      const end = pb + bStride;
      if (width > 4) {
        while (pb < end) {
          const b0 = v128.load(pb), b1 = v128.load(pb, 16);
          let w = v128.load32_splat(pa);
          s00 = i32x4.add(s00, i32x4.dot_i16x8_s(w, b0)); s01 = i32x4.add(s01, i32x4.dot_i16x8_s(w, b1));
          w = v128.load32_splat(pa, 4);
          s10 = i32x4.add(s10, i32x4.dot_i16x8_s(w, b0)); s11 = i32x4.add(s11, i32x4.dot_i16x8_s(w, b1));
          w = v128.load32_splat(pa, 8);
          s20 = i32x4.add(s20, i32x4.dot_i16x8_s(w, b0)); s21 = i32x4.add(s21, i32x4.dot_i16x8_s(w, b1));
          w = v128.load32_splat(pa, 12);
          s30 = i32x4.add(s30, i32x4.dot_i16x8_s(w, b0)); s31 = i32x4.add(s31, i32x4.dot_i16x8_s(w, b1));
          pa += 16; pb += 32;
        }
      } else {
        // Half a panel: the last one to four columns.
        while (pb < end) {
          const b0 = v128.load(pb);
          s00 = i32x4.add(s00, i32x4.dot_i16x8_s(v128.load32_splat(pa), b0));
          s10 = i32x4.add(s10, i32x4.dot_i16x8_s(v128.load32_splat(pa, 4), b0));
          s20 = i32x4.add(s20, i32x4.dot_i16x8_s(v128.load32_splat(pa, 8), b0));
          s30 = i32x4.add(s30, i32x4.dot_i16x8_s(v128.load32_splat(pa, 12), b0));
          pa += 16; pb += 32;
        }
      }
      if (width >= 8) {
        v128.store(pc + c3, s30); v128.store(pc + c3, s31, 16);
        v128.store(pc + c2, s20); v128.store(pc + c2, s21, 16);
        v128.store(pc + c1, s10); v128.store(pc + c1, s11, 16);
        v128.store(pc, s00); v128.store(pc, s01, 16);
      } else {
        storeTail(pc + c3, s30, s31, width);
        storeTail(pc + c2, s20, s21, width);
        storeTail(pc + c1, s10, s11, width);
        storeTail(pc, s00, s01, width);
      }
    }
  }
}
