import jpeg from 'jpeg-js';
import { fail } from '../error.js';
import type { Image } from './image.js';
import { convertHalvedYCbCr, convertYCbCr, hasHalvedChroma } from './jpeg-color.js';
import { completeJpeg } from './jpeg-complete.js';
import { type JpegHeader, readJpegHeader } from './jpeg-header.js';
import { type Sampling, smoothSubsampled } from './jpeg-smooth.js';
import { createWarmUp } from './jpeg-warm-up.js';
import { runMinorCollection } from './minor-collection.js';

/** Limits that no file reaches: the header reader bounds the pixels, and jpeg-js needs at most 27 bytes for each of them. */
const OPTIONS = { useTArray: true, formatAsRGBA: false, maxResolutionInMP: 300, maxMemoryUsageInMB: 16_384 } as const;

/** Options that leave three components as they are coded. */
const PLAIN = { ...OPTIONS, colorTransform: false } as const;

const warmUp = createWarmUp((file) => jpeg.decode(file, PLAIN));

/** Number of pixels from which {@link warmUp} saves more time than it takes. */
const PHOTOGRAPH = 1 << 16;

/**
 * Decodes a JPEG: baseline, extended or progressive, 8 bits, 1, 3 or 4 components, any sampling. jpeg-js parses, decodes
 * and transforms. Chroma is enlarged and converted here, because jpeg-js repeats samples and cuts off fractions, which
 * gives up to 50 levels of difference from libjpeg at edges. The result is within 3 levels of libjpeg, for CMYK, which
 * jpeg-js converts, within 4. Orientation and profiles are ignored. `where` names the file. Throws `format` for broken
 * and truncated files, for other kinds (lossless, arithmetic, 12 bits), and for files with restart markers that jpeg-js
 * cannot decode ({@link checkRestart}).
 */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  const header = readJpegHeader(bytes, where);
  checkLength(bytes, header, where);
  checkRestart(header, where);
  checkScans(bytes, header, where);
  const { width, height, data } = decode(bytes, header, where);
  runMinorCollection(allocated(header));
  if (header.components.length === 1) return { width, height, channels: 1, data: firstOfThree(data), maximum: 255 };
  return {
    width,
    height,
    channels: 3,
    data: header.components.length === 3 ? toRgb(data, header) : data,
    maximum: 255,
  };
}

/** Bytes of jpeg-js's typed arrays for an image: its samples as int32 in blocks and as bytes in lines, and what it returns. */
function allocated({ width, height, components }: JpegHeader): number {
  const samples =
    components.reduce((sum, { h, v }) => sum + h * v, 0) / (maximum(components, 'h') * maximum(components, 'v'));
  return width * height * (5 * samples + 3);
}

function maximum(components: readonly Sampling[], factor: keyof Sampling): number {
  return Math.max(...components.map((component) => component[factor]));
}

/** Three components as they are coded, subsampled ones enlarged by repetition, as RGB. */
function toRgb(samples: Uint8Array, header: JpegHeader): Uint8Array {
  const { width, height, components } = header;
  if (isYCbCr(header) && hasHalvedChroma(components, width))
    return convertHalvedYCbCr(samples, width, height, components);
  smoothSubsampled(samples, width, height, components);
  if (isYCbCr(header)) convertYCbCr(samples);
  return samples;
}

/** Samples in threes: a grey image's three times, three components as they are coded, four as RGB. */
function decode(
  bytes: Uint8Array,
  header: JpegHeader,
  where: string,
): { width: number; height: number; data: Uint8Array } {
  if (header.width * header.height >= PHOTOGRAPH) warmUp();
  try {
    return header.components.length === 3
      ? jpeg.decode(completeJpeg(withoutTransform(bytes, header), header), PLAIN)
      : jpeg.decode(completeJpeg(bytes, header), OPTIONS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail('format', where, `expected a whole JPEG image, got a broken or truncated one (${reason}).`, 'Replace it.');
  }
}

/**
 * Refuses sizes that the file cannot hold: a block takes at least one bit. jpeg-js allocates all blocks before it reads
 * the first, so a broken size would exhaust the memory.
 */
function checkLength(bytes: Uint8Array, { width, height }: JpegHeader, where: string): void {
  if (blocks(width) * blocks(height) <= 8 * bytes.length) return;
  fail(
    'format',
    where,
    `expected a whole JPEG image, got a broken or truncated one (${bytes.length} bytes for ${width}x${height} pixels).`,
    'Replace it.',
  );
}

/** Scans of a JPEG that are decoded: encoders write up to 20, and each costs a pass over all blocks. */
const MOST_SCANS = 100;

/** Refuses more scans than encoders write. Behind the first scan the marker stands for nothing else, but within a table. */
function checkScans(bytes: Uint8Array, { scan }: JpegHeader, where: string): void {
  let scans = 0;
  for (let at = bytes.indexOf(0xff, scan); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda) scans++;
  }
  if (scans > MOST_SCANS)
    fail('format', where, `expected at most ${MOST_SCANS} scans, got ${scans}.`, 'Convert the image again.');
}

/**
 * Refuses restart markers that jpeg-js cannot follow. In a scan of one component (all but the first of a progressive
 * file) it decodes whole restart intervals. Where the last interval is not full, it goes on into the rows of blocks that
 * only complete the MCUs. Such a scan does not hold them, and decoding fails at the next marker. With 4:2:0 these are
 * images with an odd number of rows of blocks.
 */
function checkRestart(header: JpegHeader, where: string): void {
  const { components, progressive, scanComponents, restartInterval } = header;
  if (
    restartInterval === 0 ||
    !(progressive || scanComponents === 1) ||
    !components.some((component) => overruns(component, header))
  )
    return;
  fail(
    'format',
    where,
    `expected a JPEG image without restart markers, got ${progressive ? 'a progressive' : 'a non-interleaved'} one of ${blocks(header.height)} rows of blocks with a marker every ${restartInterval}, which jpeg-js cannot decode.`,
    'Save it again without restart markers; jpegtran does so without loss.',
  );
}

/** Whether the last restart interval of this component reaches into rows of blocks below its own. */
function overruns({ h, v }: Sampling, { width, height, components, restartInterval }: JpegHeader): boolean {
  const [maxH, maxV] = [maximum(components, 'h'), maximum(components, 'v')];
  const across = Math.ceil((blocks(width) * h) / maxH);
  const down = Math.ceil((blocks(height) * v) / maxV);
  return down < Math.ceil(blocks(height) / maxV) * v && (across * down) % restartInterval !== 0;
}

function blocks(samples: number): number {
  return Math.ceil(samples / 8);
}

/** The file with a transform of 0 in Adobe's marker, which jpeg-js prefers to its option. */
function withoutTransform(bytes: Uint8Array, { adobe }: JpegHeader): Uint8Array {
  if (adobe === undefined || adobe.transform === 0) return bytes;
  const copy = bytes.slice();
  copy[adobe.offset] = 0;
  return copy;
}

/** Whether three components are luma and chroma, not RGB: by the JFIF marker, Adobe's marker or the components' names. */
function isYCbCr({ jfif, adobe, components }: JpegHeader): boolean {
  if (jfif) return true;
  if (adobe !== undefined) return adobe.transform !== 0;
  return String.fromCharCode(...components.map(({ id }) => id)) !== 'RGB';
}

function firstOfThree(data: Uint8Array): Uint8Array {
  const first = new Uint8Array(data.length / 3);
  for (let i = 0; i < first.length; i++) first[i] = data[3 * i]!;
  return first;
}
