// What feeds the matrix products: padded planes, and panels of 8 pixels cut from them.

/**
 * Panels of 8 output pixels from planes of 32-bit elements: dst[panel][k][8], pixel p at
 * src + offsets[k] + (p / width) * rowBytes + (p % width) * 4. Pixels past the last are zero.
 */
export function pack_panels(
  src: usize, dst: usize, offsets: usize, depth: i32, width: i32, rowBytes: usize, first: i32, count: i32,
): void {
  const gap = rowBytes - ((<usize>width) << 2);
  const offsetsEnd = offsets + ((<usize>depth) << 2);
  for (let p = 0; p < count; p += 8, dst += (<usize>depth) << 5) {
    const y = (first + p) / width;
    const x = (first + p) - y * width;
    const base = src + <usize>y * rowBytes + ((<usize>x) << 2);
    const inRow = width - x;
    if (count - p < 8 || (inRow < 8 && inRow + width < 8)) {
      packLanes(src, dst, offsets, depth, width, rowBytes, first + p, min(8, count - p));
    } else if (inRow >= 8) {
      let to = dst;
      for (let o = offsets; o < offsetsEnd; o += 4, to += 32) {
        const from = base + <usize>load<u32>(o);
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      packTwoRows(base, dst, offsets, offsetsEnd, gap, inRow);
    }
  }
}

/**
 * Panels of 8 neighbouring pixels straight from int8 planes: dst[panel][pair][8][2] = channels 2 pair and 2 pair + 1 in int16, 0 for
 * the one past the last. The last panel is filled with zeros.
 */
export function pack_pairs_i8(src: usize, dst: usize, channels: i32, planeBytes: usize, count: i32): void {
  for (let p = 0; p < count; p += 8, src += 8) {
    const limit = i32x4.splat(count - p);
    const low = i32x4.gt_s(limit, i32x4(0, 1, 2, 3));
    const high = i32x4.gt_s(limit, i32x4(4, 5, 6, 7));
    let from = src;
    for (let c = 0; c < channels; c += 2, from += planeBytes << 1, dst += 32) {
      const even = v128.load_ext<i8>(from);
      const odd = c + 1 < channels ? v128.load_ext<i8>(from + planeBytes) : i16x8.splat(0);
      v128.store(dst, v128.and(low, v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11)));
      v128.store(dst, v128.and(high, v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15)), 16);
    }
  }
}

/** One panel whose pixels stand in two rows: the first `inRow` lanes before the row's end, the rest after the gap. */
function packTwoRows(base: usize, dst: usize, offsets: usize, offsetsEnd: usize, gap: usize, inRow: i32): void {
  const limit = i32x4.splat(inRow);
  const low = i32x4.gt_s(limit, i32x4(0, 1, 2, 3));
  const high = i32x4.gt_s(limit, i32x4(4, 5, 6, 7));
  for (let o = offsets; o < offsetsEnd; o += 4, dst += 32) {
    const from = base + <usize>load<u32>(o);
    const next = from + gap;
    v128.store(dst, v128.bitselect(v128.load(from), v128.load(next), low));
    v128.store(dst, v128.bitselect(v128.load(from, 16), v128.load(next, 16), high), 16);
  }
}

/** One panel pixel by pixel: narrow planes, and the last panel. */
function packLanes(
  src: usize, dst: usize, offsets: usize, depth: i32, width: i32, rowBytes: usize, first: i32, count: i32,
): void {
  const offsetsEnd = offsets + ((<usize>depth) << 2);
  for (let lane = 0; lane < 8; lane++, dst += 4) {
    const y = (first + lane) / width;
    const base = src + <usize>y * rowBytes + ((<usize>(first + lane - y * width)) << 2);
    let to = dst;
    for (let o = offsets; o < offsetsEnd; o += 4, to += 32) {
      store<u32>(to, lane < count ? load<u32>(base + <usize>load<u32>(o)) : 0);
    }
  }
}

/**
 * Padded float32 planes in phases: dst[channel][row][phase][column] = source at row * rowStep - top,
 * column * columnStep + phase - left, 0 outside. Strides of src in bytes.
 */
export function pad_f32(
  src: usize, dst: usize, channels: i32, channelBytes: usize, rowBytes: usize, columnBytes: usize,
  height: i32, width: i32, top: i32, left: i32, rows: i32, columns: i32, rowStep: i32, columnStep: i32, phases: i32,
): void {
  for (let c = 0; c < channels; c++, src += channelBytes) {
    dst = padPlane<f32>(src, 0, dst, rowBytes, columnBytes, height, width, top, left, rows, columns, rowStep, columnStep, phases);
  }
}

/** As pad_f32 from int8 codes to pairs of int16: channels c and c + 1 side by side, 0 for the one past the last. */
export function pad_i8(
  src: usize, dst: usize, channels: i32, channelBytes: usize, rowBytes: usize, columnBytes: usize,
  height: i32, width: i32, top: i32, left: i32, rows: i32, columns: i32, rowStep: i32, columnStep: i32, phases: i32,
): void {
  for (let c = 0; c < channels; c += 2, src += channelBytes << 1) {
    const partner = c + 1 < channels ? src + channelBytes : 0;
    dst = padPlane<i8>(src, partner, dst, rowBytes, columnBytes, height, width, top, left, rows, columns, rowStep, columnStep, phases);
  }
}

/** As pad_i8 from int16 codes. */
export function pad_i16(
  src: usize, dst: usize, channels: i32, channelBytes: usize, rowBytes: usize, columnBytes: usize,
  height: i32, width: i32, top: i32, left: i32, rows: i32, columns: i32, rowStep: i32, columnStep: i32, phases: i32,
): void {
  for (let c = 0; c < channels; c += 2, src += channelBytes << 1) {
    const partner = c + 1 < channels ? src + channelBytes : 0;
    dst = padPlane<i16>(src, partner, dst, rowBytes, columnBytes, height, width, top, left, rows, columns, rowStep, columnStep, phases);
  }
}

/** One plane of 32-bit elements; returns where the next begins. */
// @ts-ignore: decorator
@inline
function padPlane<T>(
  src: usize, partner: usize, dst: usize, rowBytes: usize, columnBytes: usize,
  height: i32, width: i32, top: i32, left: i32, rows: i32, columns: i32, rowStep: i32, columnStep: i32, phases: i32,
): usize {
  const lineBytes = (<usize>columns) << 2;
  const step = <usize>columnStep * columnBytes;
  // Vectors may run over the end of a line: the next line is written after it. Lines near the plane's end are exact.
  const safe = dst + lineBytes * <usize>(rows * phases) - SLACK;
  for (let row = 0; row < rows; row++) {
    const y = row * rowStep - top;
    for (let phase = 0; phase < phases; phase++, dst += lineBytes) {
      if (y < 0 || y >= height) { memory.fill(dst, 0, lineBytes); continue; }
      const shift = phase - left;
      // The first column inside the source, and the one past the last.
      const begin = min(columns, shift < 0 ? (columnStep - 1 - shift) / columnStep : 0);
      const end = max(begin, min(columns, (width - shift + columnStep - 1) / columnStep));
      const skip = <usize>y * rowBytes + <usize>(begin * columnStep + shift) * columnBytes;
      const inside = dst + ((<usize>begin) << 2), after = dst + ((<usize>end) << 2), next = dst + lineBytes;
      const other = partner ? partner + skip : 0;
      if (next <= safe && step <= 2 * sizeof<T>()) {
        if (begin > 0) clear(dst, inside);
        if (step == sizeof<T>()) copyVectors<T>(src + skip, other, inside, after);
        else copyEven<T>(src + skip, other, inside, after);
        if (end < columns) clear(after, next);
      } else {
        if (begin > 0) memory.fill(dst, 0, inside - dst);
        if (end < columns) memory.fill(after, 0, next - after);
        copySingly<T>(src + skip, other, inside, after, step);
      }
    }
  }
  return dst;
}

/** What the vectors of a line may run over by. */
const SLACK: usize = 64;

// @ts-ignore: decorator
@inline
function clear(to: usize, end: usize): void {
  for (; to < end; to += 16) v128.store(to, i32x4.splat(0));
}

/** Neighbours; runs up to 32 bytes over `end`. */
// @ts-ignore: decorator
@inline
function copyVectors<T>(from: usize, partner: usize, to: usize, end: usize): void {
  if (sizeof<T>() == 4) {
    for (; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
    return;
  }
  let second = i16x8.splat(0);
  for (; to < end; to += 32, from += 8 * sizeof<T>()) {
    const first = sizeof<T>() == 1 ? v128.load_ext<i8>(from) : v128.load(from);
    if (partner) {
      second = sizeof<T>() == 1 ? v128.load_ext<i8>(partner) : v128.load(partner);
      partner += 8 * sizeof<T>();
    }
    storePairs(to, first, second);
  }
}

/** Every second neighbour; runs up to 32 bytes over `end`. */
// @ts-ignore: decorator
@inline
function copyEven<T>(from: usize, partner: usize, to: usize, end: usize): void {
  if (sizeof<T>() == 4) {
    for (; to < end; to += 16, from += 32) v128.store(to, v128.shuffle<i32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
    return;
  }
  let second = i16x8.splat(0);
  for (; to < end; to += 32, from += 16 * sizeof<T>()) {
    const first = evenWords<T>(from);
    if (partner) {
      second = evenWords<T>(partner);
      partner += 16 * sizeof<T>();
    }
    storePairs(to, first, second);
  }
}

/** Elements 0, 2, ... 14 as int16. */
// @ts-ignore: decorator
@inline
function evenWords<T>(from: usize): v128 {
  if (sizeof<T>() == 2) return v128.shuffle<i16>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6, 8, 10, 12, 14);
  return i16x8.shr_s(i16x8.shl(v128.load(from), 8), 8);
}

// @ts-ignore: decorator
@inline
function storePairs(to: usize, first: v128, second: v128): void {
  v128.store(to, v128.shuffle<i16>(first, second, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(to, v128.shuffle<i16>(first, second, 4, 12, 5, 13, 6, 14, 7, 15), 16);
}

/** Exactly to `end`, any step. */
function copySingly<T>(from: usize, partner: usize, to: usize, end: usize, step: usize): void {
  if (sizeof<T>() == 4) {
    for (; to < end; to += 4, from += step) store<u32>(to, load<u32>(from));
  } else if (partner) {
    for (; to < end; to += 4, from += step, partner += step) {
      store<u32>(to, (<u32><i32>load<T>(from) & 0xffff) | (<u32><i32>load<T>(partner) << 16));
    }
  } else {
    for (; to < end; to += 4, from += step) store<u32>(to, <u32><i32>load<T>(from) & 0xffff);
  }
}

/** dst[column][row] = src[row][column] of 32-bit elements; strides in elements. */
export function transpose_32(src: usize, srcStride: usize, dst: usize, dstStride: usize, rows: i32, columns: i32): void {
  const rowBytes = srcStride << 2;
  const columnBytes = dstStride << 2;
  let row = 0;
  for (; row + 4 <= rows; row += 4, src += rowBytes << 2, dst += 16) {
    let from = src;
    let to = dst;
    let column = 0;
    for (; column + 4 <= columns; column += 4, from += 16, to += columnBytes << 2) {
      const r0 = v128.load(from), r1 = v128.load(from + rowBytes);
      const r2 = v128.load(from + (rowBytes << 1)), r3 = v128.load(from + rowBytes * 3);
      const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
      const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(t0, t1, 0, 2));
      v128.store(to + columnBytes, v128.shuffle<i64>(t0, t1, 1, 3));
      v128.store(to + (columnBytes << 1), v128.shuffle<i64>(t2, t3, 0, 2));
      v128.store(to + columnBytes * 3, v128.shuffle<i64>(t2, t3, 1, 3));
    }
    for (; column < columns; column++, from += 4, to += columnBytes) {
      store<u32>(to, load<u32>(from));
      store<u32>(to, load<u32>(from + rowBytes), 4);
      store<u32>(to, load<u32>(from + (rowBytes << 1)), 8);
      store<u32>(to, load<u32>(from + rowBytes * 3), 12);
    }
  }
  for (; row < rows; row++, src += rowBytes, dst += 4) {
    for (let column: usize = 0; column < <usize>columns; column++) store<u32>(dst + column * columnBytes, load<u32>(src + (column << 2)));
  }
}
