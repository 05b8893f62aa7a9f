import jpeg from 'jpeg-js';
import { fail } from '../error.js';
import type { Image } from './image.js';
import { convertYCbCr, smoothSubsampled } from './jpeg-color.js';
import { type JpegHeader, readJpegHeader } from './jpeg-header.js';

/** Beyond any photograph, and small enough that a broken header is an error and not an exhausted memory. */
const MEGAPIXELS = 300;
const MEGABYTES = 16_384;

/**
 * Decodes a JPEG: baseline, extended or progressive, 8 bits, 1, 3 or 4 components, any sampling and restart interval.
 * Orientation and profiles are ignored, CMYK is as jpeg-js converts it. `where` names the file.
 * Throws `format` for what is broken, truncated or of another kind (lossless, arithmetic, 12 bits).
 */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  const header = readJpegHeader(bytes, where);
  const { width, height, data } = decode(bytes, header, where);
  if (header.components.length === 1) return { width, height, channels: 1, data: firstOfThree(data), maximum: 255 };
  if (header.components.length === 3) smoothSubsampled(data, width, height, header.components);
  if (isYCbCr(header)) convertYCbCr(data);
  return { width, height, channels: 3, data, maximum: 255 };
}

/** Samples in threes: a grey image's three times, three components as they are coded, four as RGB. */
function decode(bytes: Uint8Array, header: JpegHeader, where: string): { width: number; height: number; data: Uint8Array } {
  try {
    return jpeg.decode(header.components.length === 3 ? withoutTransform(bytes, header) : bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MEGAPIXELS,
      maxMemoryUsageInMB: MEGABYTES,
      ...(header.components.length === 3 && { colorTransform: false }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail('format', where, `expected a whole JPEG image, got a broken or truncated one (${reason}).`, 'Replace it.');
  }
}

/** The file with a transform of 0 in Adobe's marker: jpeg-js obeys it before its option. */
function withoutTransform(bytes: Uint8Array, { adobe }: JpegHeader): Uint8Array {
  if (adobe === undefined || adobe.transform === 0) return bytes;
  const copy = bytes.slice();
  copy[adobe.offset] = 0;
  return copy;
}

/** Whether three components are luma and chroma and not RGB; encoders say it in three ways. */
function isYCbCr({ jfif, adobe, components }: JpegHeader): boolean {
  if (components.length !== 3) return false;
  if (jfif) return true;
  if (adobe !== undefined) return adobe.transform !== 0;
  return String.fromCharCode(...components.map(({ id }) => id)) !== 'RGB';
}

function firstOfThree(data: Uint8Array): Uint8Array {
  const first = new Uint8Array(data.length / 3);
  for (let i = 0; i < first.length; i++) first[i] = data[3 * i]!;
  return first;
}
