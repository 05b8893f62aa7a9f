/** How the pixels of a PNG are stored. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colorType: number;
  /** Samples of a pixel, alpha included. */
  readonly channels: number;
  /** Those that are kept: 3 of RGB, else 1. */
  readonly colorChannels: 1 | 3;
  readonly interlaced: boolean;
}

/** A reduced image of every `dx`-th column from `x` on and every `dy`-th row from `y` on. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

// PNG specification, section 8.2: first column, first row, step in x, step in y.
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;

/** The passes that have pixels, in the order of the file; one if it is not interlaced. */
export function passesOf({ width, height, interlaced }: PngLayout): Pass[] {
  const steps = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const passes = steps.map(([x, y, dx, dy]) => ({ x, y, dx, dy, width: Math.ceil((width - x) / dx), height: Math.ceil((height - y) / dy) }));
  return passes.filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row of `width` pixels, without its filter byte. */
export function rowBytes(width: number, { channels, depth }: PngLayout): number {
  return Math.ceil((width * channels * depth) / 8);
}

/** The samples of all passes put in place, alpha dropped. Undoes the filters within `rows`. Undefined for a filter that does not exist. */
export function readPixels(rows: Uint8Array, layout: PngLayout): Uint8Array | Uint16Array | undefined {
  const length = layout.width * layout.height * layout.colorChannels;
  const samples = layout.depth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  const pixelBytes = Math.max(1, (layout.channels * layout.depth) / 8);
  let at = 0;
  for (const pass of passesOf(layout)) {
    const bytes = rowBytes(pass.width, layout);
    let above: Uint8Array = new Uint8Array(bytes);
    for (let y = 0; y < pass.height; y++) {
      const row = rows.subarray(at + 1, at + 1 + bytes);
      if (!unfilter(rows[at]!, row, above, pixelBytes)) return undefined;
      placeRow(row, samples, pass, y, layout);
      above = row;
      at += 1 + bytes;
    }
  }
  return samples;
}

/** Undoes a row's filter in place; false for one that does not exist. `distance` is that of a byte to its left neighbour. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, distance: number): boolean {
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let i = distance; i < row.length; i++) row[i]! += row[i - distance]!;
      return true;
    case 2:
      for (let i = 0; i < row.length; i++) row[i]! += above[i]!;
      return true;
    case 3:
      for (let i = 0; i < row.length; i++) row[i]! += ((i < distance ? 0 : row[i - distance]!) + above[i]!) >> 1;
      return true;
    case 4:
      for (let i = 0; i < Math.min(distance, row.length); i++) row[i]! += above[i]!;
      for (let i = distance; i < row.length; i++) row[i]! += paeth(row[i - distance]!, above[i]!, above[i - distance]!);
      return true;
    default:
      return false;
  }
}

/** Of left, above and upper left the one nearest to left + above - upper left; ties in this order. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function placeRow(row: Uint8Array, samples: Uint8Array | Uint16Array, pass: Pass, y: number, layout: PngLayout): void {
  const { depth, channels, colorChannels } = layout;
  const step = pass.dx * colorChannels;
  let to = ((pass.y + y * pass.dy) * layout.width + pass.x) * colorChannels;
  const mask = (1 << depth) - 1;
  for (let x = 0; x < pass.width; x++, to += step) {
    for (let channel = 0; channel < colorChannels; channel++) {
      const i = x * channels + channel;
      if (depth === 8) samples[to + channel] = row[i]!;
      else if (depth === 16) samples[to + channel] = (row[2 * i]! << 8) | row[2 * i + 1]!;
      else samples[to + channel] = (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & mask;
    }
  }
}
