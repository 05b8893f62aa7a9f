import { type Image, toFloat32 } from './image.js';

/** `caffe`: half-pixel centres, outside is 0 of the normalised range. `tensorflow`: the legacy rule, edge clamped. */
export type ResizeRule = 'caffe' | 'tensorflow';

/** Where the samples of one axis of the result come from: source indices (-1 and `size` are outside) and the weight of the upper one. */
interface AxisTable {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: Float64Array;
}

/** How samples become the numbers that are interpolated, and back. */
interface Range {
  readonly minimum: number;
  /** Maximum - minimum; 1 for a constant image. */
  readonly extent: number;
}

/**
 * Bilinear without anti-aliasing, in float64; H x W x C float32 in the image's channels. QUANTIZER.md, section 2.
 * In this order: each sample is normalised, `(v - minimum) / extent`; two of a row are blended, `(1 - w) a + w b`; then two
 * such rows; the sum is `x * extent + minimum`, rounded once to float32. (`tensorflow` skips the normalisation.)
 * An image of that size already, or a constant one, only becomes float32.
 */
export function resize(image: Image, height: number, width: number, rule: ResizeRule): Float32Array {
  if (image.height === height && image.width === width) return toFloat32(image);
  const range = rule === 'caffe' ? valueRange(image) : { minimum: 0, extent: 1 };
  if (range.extent === 0) return new Float32Array(height * width * image.channels).fill(range.minimum);
  const columns = interleaved(axisTable(image.width, width, rule), image.channels);
  return interpolate(image, axisTable(image.height, height, rule), columns, range);
}

/** The table of one axis; the formulas of both rules stand here. */
function axisTable(from: number, to: number, rule: ResizeRule): AxisTable {
  const table = { lower: new Int32Array(to), upper: new Int32Array(to), weight: new Float64Array(to) };
  for (let i = 0; i < to; i++) {
    const source = rule === 'caffe' ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
    const lower = Math.floor(source);
    table.lower[i] = lower;
    table.upper[i] = rule === 'caffe' ? lower + 1 : Math.min(lower + 1, from - 1);
    table.weight[i] = source - lower;
  }
  return table;
}

/** A table of columns as one of a row's samples, channels interleaved, in a row that has one pixel more on either side. */
function interleaved({ lower, upper, weight }: AxisTable, channels: number): AxisTable {
  const length = weight.length * channels;
  const spread = (indices: Int32Array): Int32Array => Int32Array.from({ length }, (_, i) => (indices[Math.floor(i / channels)]! + 1) * channels + (i % channels));
  return { lower: spread(lower), upper: spread(upper), weight: Float64Array.from({ length }, (_, i) => weight[Math.floor(i / channels)]!) };
}

function interpolate(image: Image, rows: AxisTable, columns: AxisTable, range: Range): Float32Array {
  const height = rows.lower.length;
  const length = columns.weight.length;
  const result = new Float32Array(height * length);
  const blendedRow = rowBlender(image, columns, range);
  for (let y = 0; y < height; y++) {
    const above = blendedRow(rows.lower[y]!);
    const below = blendedRow(rows.upper[y]!);
    blendRows(above, below, rows.weight[y]!, range, result.subarray(y * length, (y + 1) * length));
  }
  return result;
}

function blendRows(above: Float64Array, below: Float64Array, weight: number, { minimum, extent }: Range, result: Float32Array): void {
  const rest = 1 - weight;
  for (let i = 0; i < result.length; i++) result[i] = (rest * above[i]! + weight * below[i]!) * extent + minimum;
}

/** Gives rows of the source blended along x. The last two stay, as neighbouring rows of the result share them. */
function rowBlender(image: Image, columns: AxisTable, range: Range): (y: number) => Float64Array {
  const { channels, width } = image;
  const outside = new Float64Array(columns.weight.length);
  // One pixel of zeros on either side of the row stands for what is outside.
  const source = new Float64Array((width + 2) * channels);
  const inner = source.subarray(channels, (width + 1) * channels);
  const normalise = rowNormaliser(image, range);
  const kept = [0, 1].map(() => ({ y: -1, row: new Float64Array(outside.length) }));
  let oldest = 0;
  return (y) => {
    if (y < 0 || y >= image.height) return outside;
    const found = kept.findIndex((entry) => entry.y === y);
    const entry = kept[found < 0 ? oldest : found]!;
    oldest = 1 - kept.indexOf(entry);
    if (found >= 0) return entry.row;
    entry.y = y;
    normalise(y, inner);
    blendColumns(source, columns, entry.row);
    return entry.row;
  };
}

function blendColumns(source: Float64Array, { lower, upper, weight }: AxisTable, row: Float64Array): void {
  for (let i = 0; i < row.length; i++) {
    const w = weight[i]!;
    row[i] = (1 - w) * source[lower[i]!]! + w * source[upper[i]!]!;
  }
}

/** Fills a row with normalised samples; 8-bit images take them from a table. */
function rowNormaliser(image: Image, range: Range): (y: number, into: Float64Array) => void {
  const { data, maximum } = image;
  const value = (sample: number): number => (Math.fround(sample / maximum) - range.minimum) / range.extent;
  if (data instanceof Uint8Array) {
    const table = Float64Array.from({ length: 256 }, (_, sample) => value(sample));
    return (y, into) => {
      const start = y * into.length;
      for (let i = 0; i < into.length; i++) into[i] = table[data[start + i]!]!;
    };
  }
  return (y, into) => {
    const start = y * into.length;
    for (let i = 0; i < into.length; i++) into[i] = value(data[start + i]!);
  };
}

/** The least and the greatest value over all channels; stops as soon as both ends of the scale are found. */
function valueRange({ data, maximum }: Image): Range {
  let least = data[0]!;
  let greatest = least;
  for (let start = 0; start < data.length && !(least === 0 && greatest === maximum && maximum > 1); start += 4096) {
    for (let i = start; i < Math.min(start + 4096, data.length); i++) {
      const sample = data[i]!;
      if (sample < least) least = sample;
      else if (sample > greatest) greatest = sample;
    }
  }
  const minimum = Math.fround(least / maximum);
  return { minimum, extent: Math.fround(greatest / maximum) - minimum };
}
