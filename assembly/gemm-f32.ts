// Matrix product of packed panels. A: blocks of 4 rows, [depth][4]; B: panels of 8 columns, [depth][8].
// One accumulator per output, products added in ascending k: 8 accumulators of 4 lanes, 2 columns vectors and
// a row splat fit the 16 registers of SSE/AVX and the 32 of NEON.

import { finish, storeTail } from './finish';

/** C[rows][columns] = (accumulate ? C : 0) + A B; `last` adds the bias and applies the activation. */
export function gemm_f32(
  a: usize, aStride: usize, b: usize, c: usize, cStride: usize, rows: i32, columns: i32, depth: i32,
  accumulate: i32, last: i32, bias: usize, slopes: usize, low: f32, high: f32,
): void {
  const bStride = (<usize>depth) << 5;
  const rowBytes = cStride << 2;
  for (let row = 0; row < rows; row += 4, a += aStride << 2, c += rowBytes << 2) {
    const valid = rows - row;
    const c1 = valid > 1 ? rowBytes : 0;
    const c2 = valid > 2 ? rowBytes << 1 : 0;
    const c3 = valid > 3 ? rowBytes * 3 : 0;
    let pb = b;
    let pc = c;
    for (let column = 0; column < columns; column += 8, pc += 32) {
      let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      const width = columns - column;
      if (accumulate) {
        // Lanes and rows past the end read neighbours; they are never stored.
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
          s00 = f32x4.add(s00, f32x4.mul(w, b0)); s01 = f32x4.add(s01, f32x4.mul(w, b1));
          w = v128.load32_splat(pa, 4);
          s10 = f32x4.add(s10, f32x4.mul(w, b0)); s11 = f32x4.add(s11, f32x4.mul(w, b1));
          w = v128.load32_splat(pa, 8);
          s20 = f32x4.add(s20, f32x4.mul(w, b0)); s21 = f32x4.add(s21, f32x4.mul(w, b1));
          w = v128.load32_splat(pa, 12);
          s30 = f32x4.add(s30, f32x4.mul(w, b0)); s31 = f32x4.add(s31, f32x4.mul(w, b1));
          pa += 16; pb += 32;
        }
      } else {
        // Half a panel: the last one to four columns.
        while (pb < end) {
          const b0 = v128.load(pb);
          s00 = f32x4.add(s00, f32x4.mul(v128.load32_splat(pa), b0));
          s10 = f32x4.add(s10, f32x4.mul(v128.load32_splat(pa, 4), b0));
          s20 = f32x4.add(s20, f32x4.mul(v128.load32_splat(pa, 8), b0));
          s30 = f32x4.add(s30, f32x4.mul(v128.load32_splat(pa, 12), b0));
          pa += 16; pb += 32;
        }
      }
      if (last) {
        s00 = finish(s00, row, bias, slopes, low, high); s01 = finish(s01, row, bias, slopes, low, high);
        s10 = finish(s10, row + 1, bias, slopes, low, high); s11 = finish(s11, row + 1, bias, slopes, low, high);
        s20 = finish(s20, row + 2, bias, slopes, low, high); s21 = finish(s21, row + 2, bias, slopes, low, high);
        s30 = finish(s30, row + 3, bias, slopes, low, high); s31 = finish(s31, row + 3, bias, slopes, low, high);
      }
      if (width >= 8) {
        // Rows past the end alias row 0, which is stored last.
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
