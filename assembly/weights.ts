// Weights as the matrix products read them: blocks of 4 output channels, zeros past the last; codes in pairs of input channels.

/** Eight codes, `offset` bytes behind 4 rows and behind the channel `step` bytes further on in each: lanes [row][channel of the pair]. */
// @ts-ignore: decorator
@inline
function pairOf(r0: usize, r1: usize, r2: usize, r3: usize, step: usize, offset: usize, valid: v128): v128 {
  let v = v128.load16_splat(r0 + offset);
  v = v128.load_lane<i16>(r0 + step + offset, v, 1);
  v = v128.load_lane<i16>(r1 + offset, v, 2);
  v = v128.load_lane<i16>(r1 + step + offset, v, 3);
  v = v128.load_lane<i16>(r2 + offset, v, 4);
  v = v128.load_lane<i16>(r2 + step + offset, v, 5);
  v = v128.load_lane<i16>(r3 + offset, v, 6);
  v = v128.load_lane<i16>(r3 + step + offset, v, 7);
  return v128.and(v, valid);
}

/** All bits of the lanes of a block's first `rows` rows, and of the pair's first `channels` channels. */
// @ts-ignore: decorator
@inline
function validLanes(rows: i32, channels: i32): v128 {
  return v128.and(i32x4.gt_s(i32x4.splat(rows), i32x4(0, 1, 2, 3)), i32x4.splat(channels > 1 ? -1 : 0xffff));
}

/** The code itself, or a half of it: code = low + 256 * high, low a signed byte. */
// @ts-ignore: decorator
@inline
function half(v: v128, part: i32): v128 {
  if (part == 0) return v;
  if (part == 1) return i16x8.shr_s(i16x8.shl(v, 8), 8);
  return i16x8.add(i16x8.shr_s(v, 8), v128.and(i16x8.shr_u(v, 7), i16x8.splat(1)));
}

/** See the table. */
export function pack_codes(src: usize, dst: usize, rows: i32, channels: i32, taps: i32, part: i32): void {
  const tapBytes = (<usize>taps) << 1;
  const rowBytes = <usize>channels * tapBytes;
  for (let row = 0; row < rows; row += 4, src += rowBytes << 2) {
    const left = rows - row;
    // Rows and channels past the last read the first again; their lanes are cleared.
    let r0 = src, r1 = left > 1 ? src + rowBytes : src, r2 = left > 2 ? src + (rowBytes << 1) : src, r3 = left > 3 ? src + rowBytes * 3 : src;
    for (let k = 0; k < channels; k += 2) {
      const step = k + 1 < channels ? tapBytes : 0;
      const valid = validLanes(left, channels - k);
      for (let offset: usize = 0; offset < tapBytes; offset += 2, dst += 16) v128.store(dst, half(pairOf(r0, r1, r2, r3, step, offset, valid), part));
      r0 += tapBytes << 1; r1 += tapBytes << 1; r2 += tapBytes << 1; r3 += tapBytes << 1;
    }
  }
}

/** One dimension of the transform of F(2 x 2, 3 x 3), times 2. */
// @ts-ignore: decorator
@inline
function spread2(to: usize, step: usize, a: v128, b: v128, c: v128): void {
  const ends = i16x8.add(a, c);
  v128.store(to, i16x8.shl(a, 1));
  v128.store(to + step, i16x8.add(ends, b));
  v128.store(to + (step << 1), i16x8.sub(ends, b));
  v128.store(to + step * 3, i16x8.shl(c, 1));
}

/** One dimension of the transform of F(4 x 4, 3 x 3), its fractions left to the outputs. */
// @ts-ignore: decorator
@inline
function spread4(to: usize, step: usize, a: v128, b: v128, c: v128): void {
  const ends = i16x8.add(a, c), wide = i16x8.add(a, i16x8.shl(c, 2)), twice = i16x8.shl(b, 1);
  v128.store(to, a);
  v128.store(to + step, i16x8.neg(i16x8.add(ends, b)));
  v128.store(to + (step << 1), i16x8.sub(b, ends));
  v128.store(to + step * 3, i16x8.add(wide, twice));
  v128.store(to + (step << 2), i16x8.sub(wide, twice));
  v128.store(to + step * 5, c);
}

/** Planes [block][pair][row][2] of 3 x 3 taps: down each column into `work`, then across. */
// @ts-ignore: decorator
@inline
function transform(src: usize, work: usize, dst: usize, dstPlane: usize, rows: i32, channels: i32, patch: i32): void {
  const rowBytes = <usize>channels * 18;
  const line = (<usize>patch) * dstPlane;
  for (let row = 0; row < rows; row += 4, src += rowBytes << 2) {
    const left = rows - row;
    let r0 = src, r1 = left > 1 ? src + rowBytes : src, r2 = left > 2 ? src + (rowBytes << 1) : src, r3 = left > 3 ? src + rowBytes * 3 : src;
    for (let k = 0; k < channels; k += 2, dst += 16) {
      const step: usize = k + 1 < channels ? 18 : 0;
      const valid = validLanes(left, channels - k);
      for (let column: usize = 0; column < 3; column++) {
        const at = column << 1, to = work + (column << 4);
        const a = pairOf(r0, r1, r2, r3, step, at, valid), b = pairOf(r0, r1, r2, r3, step, at + 6, valid), c = pairOf(r0, r1, r2, r3, step, at + 12, valid);
        if (patch == 4) spread2(to, 48, a, b, c);
        else spread4(to, 48, a, b, c);
      }
      let to = dst;
      for (let y: usize = 0; y < <usize>patch; y++, to += line) {
        const w = work + y * 48;
        if (patch == 4) spread2(to, dstPlane, v128.load(w), v128.load(w, 16), v128.load(w, 32));
        else spread4(to, dstPlane, v128.load(w), v128.load(w, 16), v128.load(w, 32));
      }
      r0 += 36; r1 += 36; r2 += 36; r3 += 36;
    }
  }
}

/** See the table. */
export function winograd_weights_i16(src: usize, work: usize, dst: usize, dstPlane: usize, rows: i32, channels: i32): void {
  transform(src, work, dst, dstPlane, rows, channels, 4);
}

/** See the table. */
export function winograd4_weights_i16(src: usize, work: usize, dst: usize, dstPlane: usize, rows: i32, channels: i32): void {
  transform(src, work, dst, dstPlane, rows, channels, 6);
}

/** One float of each of 4 rows, those past the last 0. */
// @ts-ignore: decorator
@inline
function column(r0: usize, r1: usize, r2: usize, r3: usize, offset: usize, valid: v128): v128 {
  let v = v128.load32_splat(r0 + offset);
  v = v128.load_lane<i32>(r1 + offset, v, 1);
  v = v128.load_lane<i32>(r2 + offset, v, 2);
  v = v128.load_lane<i32>(r3 + offset, v, 3);
  return v128.and(v, valid);
}

/** One dimension of the transform of F(2 x 2, 3 x 3) in double, of two rows. */
// @ts-ignore: decorator
@inline
function spreadDouble(to: usize, step: usize, a: v128, b: v128, c: v128): void {
  const by = f64x2.splat(0.5);
  const halfA = f64x2.mul(by, a), halfB = f64x2.mul(by, b), halfC = f64x2.mul(by, c);
  v128.store(to, a);
  v128.store(to + step, f64x2.add(f64x2.add(halfA, halfB), halfC));
  v128.store(to + (step << 1), f64x2.add(f64x2.sub(halfA, halfB), halfC));
  v128.store(to + step * 3, c);
}

/** See the table. */
export function winograd_weights_f32(src: usize, work: usize, dst: usize, dstPlane: usize, rows: i32, channels: i32): void {
  const rowBytes = <usize>channels * 36;
  // In `work`: 4 x 3 vectors of the vertical transform for rows 0 and 1, as many for rows 2 and 3, and a line of results for each.
  const upper = work + 192, line = work + 384, upperLine = work + 448;
  for (let row = 0; row < rows; row += 4, src += rowBytes << 2) {
    const left = rows - row;
    const valid = validLanes(left, 2);
    let r0 = src, r1 = left > 1 ? src + rowBytes : src, r2 = left > 2 ? src + (rowBytes << 1) : src, r3 = left > 3 ? src + rowBytes * 3 : src;
    for (let k = 0; k < channels; k++, dst += 16) {
      for (let tap: usize = 0; tap < 3; tap++) {
        const a = column(r0, r1, r2, r3, tap << 2, valid), b = column(r0, r1, r2, r3, (tap << 2) + 12, valid), c = column(r0, r1, r2, r3, (tap << 2) + 24, valid);
        spreadDouble(work + (tap << 4), 48, f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(c));
        spreadDouble(upper + (tap << 4), 48, promoteHigh(a), promoteHigh(b), promoteHigh(c));
      }
      let to = dst;
      for (let y: usize = 0; y < 4; y++) {
        const w = work + y * 48, u = upper + y * 48;
        spreadDouble(line, 16, v128.load(w), v128.load(w, 16), v128.load(w, 32));
        spreadDouble(upperLine, 16, v128.load(u), v128.load(u, 16), v128.load(u, 32));
        for (let x: usize = 0; x < 64; x += 16, to += dstPlane) {
          const low = f32x4.demote_f64x2_zero(v128.load(line + x)), high = f32x4.demote_f64x2_zero(v128.load(upperLine + x));
          v128.store(to, v128.shuffle<i64>(low, high, 0, 2));
        }
      }
      r0 += 36; r1 += 36; r2 += 36; r3 += 36;
    }
  }
}

/** The upper two floats as doubles. */
// @ts-ignore: decorator
@inline
function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}
