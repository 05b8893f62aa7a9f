import type { EmulatedValue } from '../emulator/emulator.js';
import type { Layout, TypedArray } from '../tensor.js';
import { type Position, positionOfElement } from './compare-activations.js';

/** How a recorded value differs from the emulated one. */
export interface DumpDifference {
  readonly elements: number;
  readonly differing: number;
  /** Largest absolute difference. */
  readonly largest: number;
  /** The first element that differs, in row-major order. */
  readonly first: (Position & { readonly image: number; readonly dump: number; readonly emulated: number }) | null;
}

/** One dump file against the emulation. */
export interface ComparedDump extends DumpDifference {
  readonly file: string;
  /** The layer that writes the value. */
  readonly layer: string;
  readonly images: number;
}

/** Hosts add floats in other orders: relative to the largest value. Codes must be equal. */
const FLOAT_TOLERANCE = 1e-5;

/** Compares one image's dump with its emulation: codes exactly, host values within 1e-5 of the largest. */
export function compareDump(
  dump: TypedArray,
  { placement, tensor }: EmulatedValue,
  layout: Layout,
  image: number,
): DumpDifference {
  const { data, shape } = tensor;
  const tolerance =
    placement.kind === 'codes'
      ? 0
      : FLOAT_TOLERANCE * (data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let [differing, largest, first] = [0, 0, -1];
  for (let i = 0; i < data.length; i++) {
    const difference = Math.abs(dump[i]! - data[i]!);
    if (difference <= tolerance) continue;
    differing++;
    if (first < 0) first = i;
    if (!(difference <= largest)) largest = difference;
  }
  const position = positionOfElement(Math.max(0, first), shape, layout);
  return {
    elements: data.length,
    differing,
    largest,
    first: first < 0 ? null : { image, ...position, dump: dump[first]!, emulated: data[first]! },
  };
}

/** Two images' differences as one, the earlier first. */
export function mergeDumps(a: DumpDifference, b: DumpDifference): DumpDifference {
  return {
    elements: a.elements + b.elements,
    differing: a.differing + b.differing,
    largest: Math.max(a.largest, b.largest),
    first: a.first ?? b.first,
  };
}
