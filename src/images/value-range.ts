import { type Image, toFloat32 } from './image.js';

/** The values of an image, as {@link toFloat32} gives them. */
export interface ValueRange {
  readonly minimum: number;
  /** Maximum - minimum, in double; 0 for a constant image. */
  readonly extent: number;
}

const BLOCK = 4096;

/** The range of the values over all channels. */
export function valueRange(image: Image): ValueRange {
  const { data, maximum } = image;
  const [least, greatest] =
    data instanceof Uint8Array ? extremeSamples(data, maximum) : extremeValues(toFloat32(image));
  return { minimum: least, extent: greatest - least };
}

/** Stops as soon as both ends of the scale are found. */
function extremeSamples(samples: Uint8Array, maximum: number): [number, number] {
  const seen = new Uint8Array(256);
  for (let start = 0; start < samples.length && (seen[0] === 0 || seen[maximum] === 0); start += BLOCK) {
    mark(samples, start, Math.min(start + BLOCK, samples.length), seen);
  }
  return [Math.fround(seen.indexOf(1) / maximum), Math.fround(seen.lastIndexOf(1) / maximum)];
}

/** Sets `seen` at every sample that occurs. */
function mark(samples: Uint8Array, from: number, to: number, seen: Uint8Array): void {
  for (let i = from; i < to; i++) seen[samples[i]!] = 1;
}

function extremeValues(values: Float32Array): [number, number] {
  let least = values[0]!;
  let greatest = least;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
