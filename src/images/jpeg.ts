import jpeg from 'jpeg-js';
import { fail } from '../error.js';
import type { Image } from './image.js';
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
  if (header.components.length > 1) return { width, height, channels: 3, data, maximum: 255 };
  return { width, height, channels: 1, data: data.filter((_, i) => i % 3 === 0), maximum: 255 };
}

function decode(bytes: Uint8Array, header: JpegHeader, where: string): { width: number; height: number; data: Uint8Array } {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MEGAPIXELS,
      maxMemoryUsageInMB: MEGABYTES,
      ...(header.components.length === 3 && { colorTransform: isYCbCr(header) }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail('format', where, `expected a whole JPEG image, got a broken or truncated one (${reason}).`, 'Replace it.');
  }
}

/** Whether three components are luma and chroma and not RGB: jpeg-js asks Adobe's marker only, encoders say it in three ways. */
function isYCbCr({ jfif, adobeTransform, components }: JpegHeader): boolean {
  if (jfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...components.map(({ id }) => id)) !== 'RGB';
}
