/** A component at the full size of the image, or at its own. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Sampling factors of a component, as the frame header has them. */
export interface Sampling {
  readonly h: number;
  readonly v: number;
}

/**
 * Enlarges the subsampled components of an interleaved image by the triangle filter, in place, as libjpeg does. The
 * components come enlarged by repetition and are first reduced to their own size. Only halved axes are filtered; others
 * stay repeated.
 */
export function smoothSubsampled(
  samples: Uint8Array,
  width: number,
  height: number,
  components: readonly Sampling[],
): void {
  const maxH = Math.max(...components.map(({ h }) => h));
  const maxV = Math.max(...components.map(({ v }) => v));
  components.forEach(({ h, v }, channel) => smoothComponent(samples, channel, { width, height }, maxH / h, maxV / v));
}

/** libjpeg filters components halved in either direction or both, horizontally only rows of more than 2 samples. */
function smoothComponent(
  samples: Uint8Array,
  channel: number,
  size: { width: number; height: number },
  stepX: number,
  stepY: number,
): void {
  const halved = (step: number): boolean => step === 1 || step === 2;
  if (!halved(stepX) || !halved(stepY) || stepX * stepY === 1) return;
  const small = reduce(samples, channel, size, stepX, stepY);
  if (stepX === 2 && small.width <= 2) return;
  const sums = new Int32Array(small.width);
  for (let y = 0; y < size.height; y++) {
    columnSums(small, y, stepY, sums);
    enlargeRow(sums, samples, y * size.width * 3 + channel, size.width, y, stepX, stepY);
  }
}

/** The component's own samples: those at the multiples of its steps. */
function reduce(
  samples: Uint8Array,
  channel: number,
  size: { width: number; height: number },
  stepX: number,
  stepY: number,
): Plane {
  const width = Math.ceil(size.width / stepX);
  const height = Math.ceil(size.height / stepY);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = y * stepY * size.width * 3 + channel;
    for (let x = 0; x < width; x++) data[y * width + x] = samples[row + x * stepX * 3]!;
  }
  return { width, height, data };
}

/** Vertical half of the filter: 3 x the nearer row + the farther one (up to 1020), or the row itself. */
function columnSums({ width, height, data }: Plane, y: number, stepY: number, sums: Int32Array): void {
  const near = Math.floor(y / stepY);
  const far = Math.min(Math.max(stepY === 1 ? near : near + (y % 2 === 0 ? -1 : 1), 0), height - 1);
  for (let x = 0; x < width; x++) {
    const sample = data[near * width + x]!;
    sums[x] = stepY === 1 ? sample : 3 * sample + data[far * width + x]!;
  }
}

/**
 * Horizontal half: the weights 3 and 1 again, 4 or 16 in all. The bias alternates, as in libjpeg, so that halves are
 * rounded up and down in turn.
 */
function enlargeRow(
  sums: Int32Array,
  samples: Uint8Array,
  start: number,
  width: number,
  y: number,
  stepX: number,
  stepY: number,
): void {
  if (stepX === 1) {
    const bias = y % 2 === 0 ? 1 : 2;
    for (let x = 0, to = start; x < width; x++, to += 3) samples[to] = (sums[x]! + bias) >> 2;
    return;
  }
  const shift = stepY === 1 ? 2 : 4;
  const evenBias = stepY === 1 ? 1 : 8;
  const oddBias = stepY === 1 ? 2 : 7;
  const last = sums.length - 1;
  for (let x = 0, to = start; x < width; x++, to += 3) {
    const near = x >> 1;
    const odd = x & 1;
    const far = odd === 1 ? Math.min(near + 1, last) : Math.max(near - 1, 0);
    samples[to] = (3 * sums[near]! + sums[far]! + (odd === 1 ? oddBias : evenBias)) >> shift;
  }
}
