import { type Image, toFloat32 } from './image.js';
import { type ValueRange, valueRange } from './value-range.js';

/** The rules of bilinear resizing. */
export const RESIZE_RULES = ['caffe', 'tensorflow'] as const;

/** `caffe`: half-pixel centres, outside is 0 of the normalised range. `tensorflow`: the legacy rule, edge clamped. */
export type ResizeRule = (typeof RESIZE_RULES)[number];

/** Sources of the samples along one axis of the result. A neighbour outside the image has weight 0 and the offset of the nearest sample inside. */
interface AxisTable {
  /** Offsets into the source of the two neighbours. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly lowerWeight: Float64Array;
  readonly upperWeight: Float64Array;
}

/** Rows of normalised samples. 8-bit RGB, as most photographs are, stays as it is and is normalised by a table of its 256 samples. */
type Source =
  | { readonly samples: Uint8Array; readonly normalised: Float64Array }
  | { readonly values: Float32Array; readonly channels: number; readonly range: ValueRange };

/**
 * Bilinear without anti-aliasing, in float64; H x W x C float32 in the image's channels. docs/spec/quantizer.md, section 2.
 * In this order: each sample is normalised, `(v - minimum) / extent`; two of a row are blended, `(1 - w) a + w b`; then two
 * such rows; the sum is `x * extent + minimum`, rounded once to float32. (`tensorflow` skips the normalisation.)
 * An image of that size already, or a constant one, only becomes float32 (as {@link toFloat32}).
 */
export function resize(image: Image, height: number, width: number, rule: ResizeRule): Float32Array {
  if (image.height === height && image.width === width) return toFloat32(image);
  const range = rule === 'caffe' ? valueRange(image) : { minimum: 0, extent: 1 };
  if (range.extent === 0) return new Float32Array(height * width * image.channels).fill(range.minimum);
  const rows = axisTable(image.height, height, image.width * image.channels, rule);
  const columns = axisTable(image.width, width, image.channels, rule);
  return interpolate(openSource(image, range), rows, columns, range, width * image.channels);
}

/** The table of one axis whose neighbours are `stride` apart in the source; the formulas of both rules stand here. */
function axisTable(from: number, to: number, stride: number, rule: ResizeRule): AxisTable {
  const table = {
    lower: new Int32Array(to),
    upper: new Int32Array(to),
    lowerWeight: new Float64Array(to),
    upperWeight: new Float64Array(to),
  };
  for (let i = 0; i < to; i++) {
    const position = rule === 'caffe' ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
    const lower = Math.floor(position);
    const weight = position - lower;
    table.lower[i] = Math.max(lower, 0) * stride;
    table.upper[i] = Math.min(lower + 1, from - 1) * stride;
    table.lowerWeight[i] = lower < 0 ? 0 : 1 - weight;
    table.upperWeight[i] = rule === 'caffe' && lower + 1 >= from ? 0 : weight;
  }
  return table;
}

function openSource(image: Image, range: ValueRange): Source {
  const { data, channels, maximum } = image;
  if (!(data instanceof Uint8Array) || channels !== 3) return { values: toFloat32(image), channels, range };
  const normalised = new Float64Array(256);
  for (let sample = 0; sample < 256; sample++)
    normalised[sample] = (Math.fround(sample / maximum) - range.minimum) / range.extent;
  return { samples: data, normalised };
}

function interpolate(
  source: Source,
  rows: AxisTable,
  columns: AxisTable,
  range: ValueRange,
  length: number,
): Float32Array {
  const result = new Float32Array(rows.lower.length * length);
  // Rows blended along x, and their offsets in the source. Neighbouring rows of an enlarged result share them.
  let above = { start: -1, row: new Float64Array(length) };
  let below = { start: -1, row: new Float64Array(length) };
  for (let y = 0, to = 0; to < result.length; y++, to += length) {
    if (rows.lower[y] === below.start) [above, below] = [below, above];
    blendColumns(source, rows.lower[y]!, columns, above);
    blendColumns(source, rows.upper[y]!, columns, below);
    blendRows(
      above.row,
      below.row,
      rows.lowerWeight[y]!,
      rows.upperWeight[y]!,
      range,
      result.subarray(to, to + length),
    );
  }
  return result;
}

function blendColumns(
  source: Source,
  start: number,
  columns: AxisTable,
  blended: { start: number; row: Float64Array },
): void {
  if (blended.start === start) return;
  blended.start = start;
  if ('samples' in source) blendRgb(source.samples, source.normalised, start, columns, blended.row);
  else blendValues(source.values, source.channels, source.range, start, columns, blended.row);
}

// Each of these loops runs on one type of array only, so that V8 compiles it once.

function blendRgb(
  samples: Uint8Array,
  normalised: Float64Array,
  start: number,
  { lower, upper, lowerWeight, upperWeight }: AxisTable,
  row: Float64Array,
): void {
  for (let x = 0, to = 0; x < lower.length; x++, to += 3) {
    const a = start + lower[x]!;
    const b = start + upper[x]!;
    const wa = lowerWeight[x]!;
    const wb = upperWeight[x]!;
    row[to] = wa * normalised[samples[a]!]! + wb * normalised[samples[b]!]!;
    row[to + 1] = wa * normalised[samples[a + 1]!]! + wb * normalised[samples[b + 1]!]!;
    row[to + 2] = wa * normalised[samples[a + 2]!]! + wb * normalised[samples[b + 2]!]!;
  }
}

function blendValues(
  values: Float32Array,
  channels: number,
  { minimum, extent }: ValueRange,
  start: number,
  columns: AxisTable,
  row: Float64Array,
): void {
  const { lower, upper, lowerWeight, upperWeight } = columns;
  for (let x = 0, to = 0; x < lower.length; x++) {
    const a = start + lower[x]!;
    const b = start + upper[x]!;
    for (let channel = 0; channel < channels; channel++) {
      row[to++] =
        lowerWeight[x]! * ((values[a + channel]! - minimum) / extent) +
        upperWeight[x]! * ((values[b + channel]! - minimum) / extent);
    }
  }
}

function blendRows(
  above: Float64Array,
  below: Float64Array,
  wa: number,
  wb: number,
  { minimum, extent }: ValueRange,
  result: Float32Array,
): void {
  for (let i = 0; i < above.length; i++) result[i] = (wa * above[i]! + wb * below[i]!) * extent + minimum;
}
