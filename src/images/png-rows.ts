/** What the samples of a PNG's rows mean; PNG specification, section 11.2.2. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Samples of a pixel, alpha included. */
  readonly channels: number;
  readonly interlaced: boolean;
}

/** First column and row, and steps in both directions, of each pass of interlacing; PNG specification, section 8.1. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const NO_INTERLACE = [[0, 0, 1, 1]] as const;

interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
  /** Bytes of a row without its filter's. */
  readonly rowBytes: number;
}

/** The passes that hold pixels, in the file's order. */
function passesOf({ width, height, depth, channels, interlaced }: PngLayout): Pass[] {
  return (interlaced ? ADAM7 : NO_INTERLACE)
    .map(([left, top, stepX, stepY]) => {
      const columns = Math.ceil((width - left) / stepX);
      const rows = Math.ceil((height - top) / stepY);
      return { left, top, stepX, stepY, columns, rows, rowBytes: Math.ceil((columns * channels * depth) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes of the filtered rows of all passes. */
export function filteredSize(layout: PngLayout): number {
  return passesOf(layout).reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
}

/**
 * The samples of filtered rows: the first `kept` of each pixel, row-major, as numbers of the file's depth. The filters are undone
 * in `filtered` itself, which holds {@link filteredSize} bytes. Throws an `Error` for an unknown filter.
 */
export function pngSamples(filtered: Uint8Array, layout: PngLayout, kept: number): Uint8Array | Uint16Array {
  const { width, height, depth, channels } = layout;
  const count = width * height * kept;
  const samples = depth === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const pixelBytes = Math.max(1, (channels * depth) >> 3);
  let at = 0;
  for (const pass of passesOf(layout)) {
    for (let y = 0; y < pass.rows; y++) {
      const start = at + 1;
      undoFilter(filtered, start, pass.rowBytes, pixelBytes, y > 0);
      const to = ((pass.top + y * pass.stepY) * width + pass.left) * kept;
      const row = filtered.subarray(start, start + pass.rowBytes);
      readRow(row, layout, kept, { samples, to, step: pass.stepX * kept, columns: pass.columns });
      at = start + pass.rowBytes;
    }
  }
  return samples;
}

/** Where the pixels of a row go. */
interface Target {
  readonly samples: Uint8Array | Uint16Array;
  readonly to: number;
  readonly step: number;
  readonly columns: number;
}

function readRow(row: Uint8Array, { depth, channels }: PngLayout, kept: number, target: Target): void {
  const { samples, to, step, columns } = target;
  if (depth === 8 && samples instanceof Uint8Array && kept === channels && step === kept) return samples.set(row, to);
  for (let x = 0; x < columns; x++) {
    for (let channel = 0; channel < kept; channel++)
      samples[to + x * step + channel] = sampleAt(row, x * channels + channel, depth);
  }
}

function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index]!;
  if (depth === 16) return (row[2 * index]! << 8) | row[2 * index + 1]!;
  const bit = index * depth;
  return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/**
 * Undoes the filter of the row at `start`, whose kind is the byte before it; PNG specification, section 9.2. The row above lies
 * before that byte and has its filter undone; `hasAbove` is false in the first row of a pass, where it counts as zero.
 */
function undoFilter(bytes: Uint8Array, start: number, size: number, pixelBytes: number, hasAbove: boolean): void {
  const kind = bytes[start - 1]!;
  const up = hasAbove ? size + 1 : 0;
  const end = start + size;
  const first = start + Math.min(pixelBytes, size);
  if (kind === 1) for (let i = first; i < end; i++) bytes[i]! += bytes[i - pixelBytes]!;
  else if (kind === 2) for (let i = start; up > 0 && i < end; i++) bytes[i]! += bytes[i - up]!;
  else if (kind === 3) {
    for (let i = start; i < end; i++)
      bytes[i]! += ((i < first ? 0 : bytes[i - pixelBytes]!) + (up === 0 ? 0 : bytes[i - up]!)) >> 1;
  } else if (kind === 4) {
    for (let i = start; i < end; i++) {
      const left = i < first ? 0 : bytes[i - pixelBytes]!;
      const above = up === 0 ? 0 : bytes[i - up]!;
      bytes[i]! += paeth(left, above, i < first || up === 0 ? 0 : bytes[i - up - pixelBytes]!);
    }
  } else if (kind !== 0) throw new Error(`Unrecognised filter type - ${kind}`);
}

/** The neighbour that is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
