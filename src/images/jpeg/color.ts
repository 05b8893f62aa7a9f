import type { Component, Frame } from './frame.js';
import type { Plane } from './idct.js';

/** A component at the size of the image. Halves, in either direction or both, by libjpeg's triangle filter; other ratios repeat samples. */
export function enlarge(plane: Plane, component: Component, frame: Frame): Plane {
  const stepX = frame.maxH / component.h;
  const stepY = frame.maxV / component.v;
  if (stepX === 1 && stepY === 1) return plane;
  const halved = (step: number): boolean => step === 1 || step === 2;
  // libjpeg filters along x only rows of more than 2 samples.
  const isSmooth = halved(stepX) && halved(stepY) && (stepX === 1 || component.width > 2);
  return isSmooth ? smooth(plane, component, frame, stepX, stepY) : repeat(plane, frame, component.h / frame.maxH, component.v / frame.maxV);
}

function repeat(plane: Plane, { width, height }: Frame, scaleX: number, scaleY: number): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y * scaleY) * plane.stride;
    for (let x = 0; x < width; x++) data[y * width + x] = plane.data[row + Math.floor(x * scaleX)]!;
  }
  return { data, stride: width };
}

function smooth(plane: Plane, component: Component, { width, height }: Frame, stepX: number, stepY: number): Plane {
  const data = new Uint8Array(width * height);
  const sums = new Int32Array(component.width);
  for (let y = 0; y < height; y++) {
    columnSums(plane, component, y, stepY, sums);
    if (stepX === 1) roundRow(sums, data, y * width, y);
    else enlargeRow(sums, data, y * width, width, stepY);
  }
  return { data, stride: width };
}

/** Vertical half of the filter: 3 x the nearer row + the farther one (up to 1020), or the row itself. Rows beyond the edge repeat it. */
function columnSums({ data, stride }: Plane, { width, height }: Component, y: number, stepY: number, sums: Int32Array): void {
  const near = Math.floor(y / stepY);
  const far = Math.min(Math.max(near + (y % 2 === 0 ? -1 : 1), 0), height - 1);
  for (let x = 0; x < width; x++) {
    sums[x] = stepY === 1 ? data[near * stride + x]! : 3 * data[near * stride + x]! + data[far * stride + x]!;
  }
}

/** libjpeg alternates the rounding, by row or by column, so that halves go down and up in turn. */
function roundRow(sums: Int32Array, data: Uint8Array, start: number, y: number): void {
  const bias = y % 2 === 0 ? 1 : 2;
  for (let x = 0; x < sums.length; x++) data[start + x] = (sums[x]! + bias) >> 2;
}

/** Horizontal half: the weights 3 and 1 again; all weights add up to 4 or 16. */
function enlargeRow(sums: Int32Array, data: Uint8Array, start: number, width: number, stepY: number): void {
  const shift = stepY === 1 ? 2 : 4;
  const evenBias = stepY === 1 ? 1 : 8;
  const oddBias = stepY === 1 ? 2 : 7;
  const last = sums.length - 1;
  for (let x = 0; x < width; x += 2) {
    const near = x >> 1;
    const sum = 3 * sums[near]!;
    data[start + x] = (sum + sums[Math.max(near - 1, 0)]! + evenBias) >> shift;
    if (x + 1 < width) data[start + x + 1] = (sum + sums[Math.min(near + 1, last)]! + oddBias) >> shift;
  }
}

// 1.402, 1.772, 0.71414 and 0.34414 in units of 2^-16.
const CR_TO_RED = 91881;
const CB_TO_BLUE = 116130;
const CR_TO_GREEN = 46802;
const CB_TO_GREEN = 22554;
const HALF = 1 << 15;

/** Interleaved RGB from Y, Cb, Cr: JFIF's equations with 16 fraction bits, rounded and clamped as libjpeg does. */
export function fromYCbCr([luma, blue, red]: readonly Plane[], width: number, height: number): Uint8Array {
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let row = 0, to = 0; row < height; row++) {
    for (let x = 0; x < width; x++, to += 3) {
      const y = luma!.data[row * luma!.stride + x]!;
      const cb = blue!.data[row * blue!.stride + x]! - 128;
      const cr = red!.data[row * red!.stride + x]! - 128;
      rgb[to] = y + ((CR_TO_RED * cr + HALF) >> 16);
      rgb[to + 1] = y + ((HALF - CB_TO_GREEN * cb - CR_TO_GREEN * cr) >> 16);
      rgb[to + 2] = y + ((CB_TO_BLUE * cb + HALF) >> 16);
    }
  }
  return new Uint8Array(rgb.buffer);
}

/** Planes side by side: R, G, B, ... of a pixel in turn. */
export function interleave(planes: readonly Plane[], width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * planes.length);
  planes.forEach((plane, channel) => {
    for (let y = 0, to = channel; y < height; y++) {
      for (let x = 0; x < width; x++, to += planes.length) data[to] = plane.data[y * plane.stride + x]!;
    }
  });
  return data;
}

/**
 * RGB from Adobe's CMYK, which is stored inverted: colour * black / 255, rounded. `cmy` holds the three colours of each pixel as stored,
 * interleaved, and is overwritten; for YCCK (`isInverse`) what {@link fromYCbCr} gives, which is their complement.
 */
export function darken(cmy: Uint8Array, isInverse: boolean, black: Plane, width: number, height: number): Uint8Array {
  const flip = isInverse ? 255 : 0;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const k = black.data[y * black.stride + x]!;
      for (let channel = 0; channel < 3; channel++, to++) cmy[to] = Math.round(((cmy[to]! ^ flip) * k) / 255);
    }
  }
  return cmy;
}
