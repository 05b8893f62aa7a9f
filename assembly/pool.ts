// Pooling. Planes (channels first): rows of a window are joined into a line first, vector by vector, then its columns.
// Pixels (channels last): vectors of channels are joined over the window.

import { loadLanes, storeLanes } from './lanes';

// @ts-ignore: decorator
@inline
function larger<T>(a: v128, b: v128): v128 {
  if (isFloat<T>()) return f32x4.max(a, b);
  return sizeof<T>() == 1 ? i8x16.max_s(a, b) : i16x8.max_s(a, b);
}

/** The lowest value of the type, the result of a window without elements. */
// @ts-ignore: decorator
@inline
function lowest<T>(): T {
  if (isFloat<T>()) return <T>-Infinity;
  return sizeof<T>() == 1 ? <T>-128 : <T>-32768;
}

/** Every second element of two neighbouring vectors. */
// @ts-ignore: decorator
@inline
function even<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 4) return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  if (sizeof<T>() == 2) return v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  return v128.shuffle<i8>(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

/** line[0..count) = larger of line and row. */
// @ts-ignore: decorator
@inline
function joinRow<T>(line: usize, row: usize, count: i32): void {
  const each = 16 / sizeof<T>();
  for (; count >= <i32>each; count -= <i32>each, line += 16, row += 16) v128.store(line, larger<T>(v128.load(line), v128.load(row)));
  for (; count > 0; count--, line += sizeof<T>(), row += sizeof<T>()) store<T>(line, max<T>(load<T>(line), load<T>(row)));
}

/** Vectors may run over the end of a line of `line`, and over a row of the output where a further row follows. */
const SLACK: usize = 16;

/** Bytes from `from` to `end` and up to 15 more of a value in every lane. */
// @ts-ignore: decorator
@inline
function spread(from: usize, end: usize, value: v128): void {
  for (; from < end; from += 16) v128.store(from, value);
}

/** As `larger`, or for float32 without a sign bit, whose bits are ordered as int32 are, in one instruction instead of eight. */
// @ts-ignore: decorator
@inline
function join<T>(a: v128, b: v128, ordered: bool): v128 {
  return isFloat<T>() && ordered ? i32x4.max_s(a, b) : larger<T>(a, b);
}

/** line = largest down the rows from `first` to `bottom`; all bits that were seen, by "or". */
// @ts-ignore: decorator
@inline
function joinRows<T>(line: usize, end: usize, first: usize, bottom: usize, rowBytes: usize, none: v128, ordered: bool): v128 {
  let seen = i32x4.splat(0);
  for (let x: usize = 0; line < end; line += 16, x += 16) {
    let m = none;
    for (let from = first + x; from < bottom + x; from += rowBytes) {
      const row = v128.load(from);
      if (isFloat<T>()) seen = v128.or(seen, row);
      m = join<T>(m, row, ordered);
    }
    v128.store(line, m);
  }
  return seen;
}

/** Outputs of one row from its line; whole vectors up to `next`, or over it as far as `safe`. Returns where it stopped. */
// @ts-ignore: decorator
@inline
function joinColumns<T>(to: usize, next: usize, safe: usize, line: usize, kernelBytes: usize, stride: i32, ordered: bool): usize {
  for (; to + 16 <= next || (to < next && to <= safe); to += 16, line += <usize>stride << 4) {
    let m = stride == 1 ? v128.load(line) : even<T>(v128.load(line), v128.load(line, 16));
    for (let p = line + sizeof<T>(); p < line + kernelBytes; p += sizeof<T>()) {
      m = join<T>(m, stride == 1 ? v128.load(p) : even<T>(v128.load(p), v128.load(p, 16)), ordered);
    }
    v128.store(to, m);
  }
  return to;
}

// @ts-ignore: decorator
@inline
function maxPlanes<T>(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const size = sizeof<T>();
  const none = v128.splat<T>(lowest<T>());
  const rowBytes = <usize>width * size, outBytes = <usize>outWidth * size, kernelBytes = <usize>kernelX * size;
  const inside = line + <usize>left * size;
  const lineEnd = line + <usize>((outWidth - 1) * strideX + kernelX) * size;
  const insideEnd = inside + rowBytes;
  const safe = dst + outBytes * <usize>(outHeight * planes) - SLACK;
  spread(line, inside, none);
  for (let plane = 0; plane < planes; plane++, src += rowBytes * <usize>height) {
    for (let oy = 0; oy < outHeight; oy++, dst += outBytes) {
      const start = oy * strideY - top;
      const first = src + <usize>max(0, start) * rowBytes, bottom = src + <usize>min(height, start + kernelY) * rowBytes;
      const seen = joinRows<T>(inside, insideEnd, first, bottom, rowBytes, none, true);
      const ordered = !isFloat<T>() || !i32x4.bitmask(seen);
      if (!ordered) joinRows<T>(inside, insideEnd, first, bottom, rowBytes, none, false);
      spread(insideEnd, lineEnd, none);
      const next = dst + outBytes;
      let to = dst;
      if (strideX <= 2) {
        if (ordered) to = strideX == 1 ? joinColumns<T>(to, next, safe, line, kernelBytes, 1, true) : joinColumns<T>(to, next, safe, line, kernelBytes, 2, true);
        else to = joinColumns<T>(to, next, safe, line, kernelBytes, strideX, false);
      }
      for (let from = line + (to - dst) * <usize>strideX; to < next; to += size, from += <usize>strideX * size) {
        let m = load<T>(from);
        for (let p = from + size; p < from + kernelBytes; p += size) m = max<T>(m, load<T>(p));
        store<T>(to, m);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function maxPixels<T>(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const bytes = <usize>channels * sizeof<T>();
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + kernelY);
    for (let ox = 0; ox < outWidth; ox++, dst += bytes) {
      const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + kernelX);
      for (let c: usize = 0; c < <usize>channels; c++) store<T>(dst + c * sizeof<T>(), lowest<T>());
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) joinRow<T>(dst, src + <usize>(y * width + x) * bytes, channels);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sumPlanes<T>(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const none = i32x4.splat(0);
  const rowBytes = <usize>width * sizeof<T>(), outBytes = (<usize>outWidth) << 2, kernelBytes = (<usize>kernelX) << 2;
  const inside = line + ((<usize>left) << 2);
  const lineEnd = line + ((<usize>((outWidth - 1) * strideX + kernelX)) << 2);
  const insideEnd = inside + ((<usize>width) << 2);
  const safe = dst + outBytes * <usize>(outHeight * planes) - SLACK;
  spread(line, inside, none);
  for (let plane = 0; plane < planes; plane++, src += rowBytes * <usize>height) {
    for (let oy = 0; oy < outHeight; oy++, dst += outBytes) {
      const start = oy * strideY - top;
      const first = src + <usize>max(0, start) * rowBytes, bottom = src + <usize>min(height, start + kernelY) * rowBytes;
      for (let to = inside, x: usize = 0; to < insideEnd; to += 16, x += 4 * sizeof<T>()) {
        let s = none;
        for (let from = first + x; from < bottom + x; from += rowBytes) s = i32x4.add(s, loadLanes<T>(from));
        v128.store(to, s);
      }
      spread(insideEnd, lineEnd, none);
      const next = dst + outBytes;
      let to = dst;
      let from = line;
      if (strideX <= 2) {
        for (; to + 16 <= next || (to < next && to <= safe); to += 16, from += strideX << 4) {
          let s = none;
          for (let p = from; p < from + kernelBytes; p += 4) {
            s = i32x4.add(s, strideX == 1 ? v128.load(p) : even<i32>(v128.load(p), v128.load(p, 16)));
          }
          v128.store(to, s);
        }
      }
      for (; to < next; to += 4, from += (<usize>strideX) << 2) {
        let s = 0;
        for (let p = from; p < from + kernelBytes; p += 4) s += load<i32>(p);
        store<i32>(to, s);
      }
    }
  }
}

/** line[0..count) += row, codes into int32. */
// @ts-ignore: decorator
@inline
function addRow<T>(line: usize, row: usize, count: i32): void {
  for (; count >= 4; count -= 4, line += 16, row += 4 * sizeof<T>()) v128.store(line, i32x4.add(v128.load(line), loadLanes<T>(row)));
  for (; count > 0; count--, line += 4, row += sizeof<T>()) store<i32>(line, load<i32>(line) + <i32>load<T>(row));
}

// @ts-ignore: decorator
@inline
function sumPixels<T>(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + kernelY);
    for (let ox = 0; ox < outWidth; ox++, dst += (<usize>channels) << 2) {
      const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + kernelX);
      memory.fill(dst, 0, (<usize>channels) << 2);
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) addRow<T>(dst, src + <usize>((y * width + x) * channels) * sizeof<T>(), channels);
      }
    }
  }
}

/**
 * Average of float32 windows: the sum of the real elements in row-major order in double, divided by `counts[output]`,
 * rounded once. Strides in elements serve planes and pixels alike.
 */
export function average_f32(
  src: usize, dst: usize, counts: usize, channels: i32, channelStride: usize, pixelStride: usize, outChannelStride: usize, outPixelStride: usize,
  height: i32, width: i32, outHeight: i32, outWidth: i32, kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const step = pixelStride << 2;
  for (let oy = 0, pixel: usize = 0; oy < outHeight; oy++) {
    const y0 = max(0, oy * strideY - top), y1 = min(height, oy * strideY - top + kernelY);
    for (let ox = 0; ox < outWidth; ox++, pixel++) {
      const x0 = max(0, ox * strideX - left), x1 = min(width, ox * strideX - left + kernelX);
      const count = load<f64>(counts + (pixel << 3));
      let from = src;
      let to = dst + ((pixel * outPixelStride) << 2);
      for (let c = 0; c < channels; c++, from += channelStride << 2, to += outChannelStride << 2) {
        let sum: f64 = 0;
        for (let y = y0; y < y1; y++) {
          let p = from + <usize>(y * width + x0) * step;
          for (let x = x0; x < x1; x++, p += step) sum += <f64>load<f32>(p);
        }
        store<f32>(to, <f32>(sum / count));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function divide<C>(sums: usize, dst: usize, counts: usize, rows: i32, columns: i32, pixelStride: usize): void {
  // A tie is a quotient ending in .5, which double holds; anything else stays on its side of it.
  for (let row = 0; row < rows; row++) {
    let count = counts;
    for (let column = 0; column < columns; column++, sums += 4, dst += sizeof<C>()) {
      store<C>(dst, <C><i32>nearest(<f64>load<i32>(sums) / load<f64>(count)));
      count += pixelStride << 3;
    }
    if (!pixelStride) counts += 8;
  }
}

/** int8 codes of averages: sums[rows][columns] over counts[column] (pixelStride 1) or counts[row] (0), ties to even. */
export function divide_i8(sums: usize, dst: usize, counts: usize, rows: i32, columns: i32, pixelStride: usize): void {
  divide<i8>(sums, dst, counts, rows, columns, pixelStride);
}

/** As divide_i8 to int16 codes. */
export function divide_i16(sums: usize, dst: usize, counts: usize, rows: i32, columns: i32, pixelStride: usize): void {
  divide<i16>(sums, dst, counts, rows, columns, pixelStride);
}

// @ts-ignore: decorator
@inline
function overlayAverage<C>(sums: usize, dst: usize, count: i32, factor: f32, shift: f64, low: f64, high: f64): void {
  const factors = f32x4.splat(factor), shifts = f64x2.splat(shift), lo = f64x2.splat(low), hi = f64x2.splat(high);
  for (; count > 0; count -= 4, sums += 16, dst += 4 * sizeof<C>()) {
    const product = f32x4.trunc(f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), factors));
    const upper = v128.shuffle<i64>(product, product, 1, 1);
    const y0 = f64x2.floor(f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(product), shifts), f64x2.splat(0.5)));
    const y1 = f64x2.floor(f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(upper), shifts), f64x2.splat(0.5)));
    const codes = v128.shuffle<i64>(
      i32x4.trunc_sat_f64x2_s_zero(f64x2.pmin(f64x2.pmax(y0, lo), hi)), i32x4.trunc_sat_f64x2_s_zero(f64x2.pmin(f64x2.pmax(y1, lo), hi)), 0, 2,
    );
    if (count >= 4) {
      storeLanes<C>(dst, codes);
      continue;
    }
    store<C>(dst, <C>i32x4.extract_lane(codes, 0));
    if (count > 1) store<C>(dst + sizeof<C>(), <C>i32x4.extract_lane(codes, 1));
    if (count > 2) store<C>(dst + 2 * sizeof<C>(), <C>i32x4.extract_lane(codes, 2));
  }
}

/** The overlay's avgPool from int32 window sums to int8 codes; `shift` is 2^-shift. */
export function overlay_average_i8(sums: usize, dst: usize, count: i32, factor: f32, shift: f64, low: f64, high: f64): void {
  overlayAverage<i8>(sums, dst, count, factor, shift, low, high);
}

/** As overlay_average_i8 to int16 codes. */
export function overlay_average_i16(sums: usize, dst: usize, count: i32, factor: f32, shift: f64, low: f64, high: f64): void {
  overlayAverage<i16>(sums, dst, count, factor, shift, low, high);
}

/** Largest of each window of float32, channels first; `line` holds one padded row. */
export function max_planes_f32(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPlanes<f32>(src, dst, line, planes, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Largest of each window of float32, channels last. */
export function max_pixels_f32(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPixels<f32>(src, dst, channels, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Largest of each window of int8 codes, channels first; `line` holds one padded row. */
export function max_planes_i8(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPlanes<i8>(src, dst, line, planes, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Largest of each window of int8 codes, channels last. */
export function max_pixels_i8(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPixels<i8>(src, dst, channels, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Largest of each window of int16 codes, channels first; `line` holds one padded row. */
export function max_planes_i16(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPlanes<i16>(src, dst, line, planes, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Largest of each window of int16 codes, channels last. */
export function max_pixels_i16(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  maxPixels<i16>(src, dst, channels, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Int32 sums of each window of int8 codes, channels first; `line` holds one padded row of int32. */
export function sum_planes_i8(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  sumPlanes<i8>(src, dst, line, planes, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Int32 sums of each window of int8 codes, channels last. */
export function sum_pixels_i8(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  sumPixels<i8>(src, dst, channels, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Int32 sums of each window of int16 codes, channels first; `line` holds one padded row of int32. */
export function sum_planes_i16(
  src: usize, dst: usize, line: usize, planes: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  sumPlanes<i16>(src, dst, line, planes, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}

/** Int32 sums of each window of int16 codes, channels last. */
export function sum_pixels_i16(
  src: usize, dst: usize, channels: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
  kernelY: i32, kernelX: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  sumPixels<i16>(src, dst, channels, height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left);
}
