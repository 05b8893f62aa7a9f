import { clamp, roundHalfEven } from '../fixed/rounding.js';
import { log2, powerOfTwo } from '../math.js';
import type { EntryForm, Overlay, Triple } from './entry.js';

/** What an overlay can hold of a multiplier. */
export interface Limits {
  /** Largest `prescale_shift`, bits. */
  readonly preMax: number;
  /** Bits of `scale`, whose largest value is `2 ** (scaleBits - 1)`. */
  readonly scaleBits: number;
  /** Largest `postscale_shift`, bits. */
  readonly postMax: number;
}

/** Whose multiplier is decomposed: an entry's, or that between two layers' grids. */
export type LimitsForm = EntryForm | 'Rescaling';

const row = (preMax: number, scaleBits: number, postMax: number): Limits => ({ preMax, scaleBits, postMax });

/** The rows of an overlay by width of the input codes; `accumulating`: layers with a wide sum and a triple per channel. */
interface Rows {
  readonly accumulating: { readonly forms: readonly LimitsForm[]; readonly 8: Limits; readonly 16: Limits };
  readonly other: { readonly 8: Limits; readonly 16: Limits };
}

/**
 * The overlays' limits (QUANTIZER.md, section 6). Scale has the accumulating row on v2, unlike the reference: its
 * sum would otherwise be clamped to 8 bits before it is scaled.
 */
export const LIMITS: Readonly<Record<Overlay, Rows>> = {
  v2: {
    accumulating: {
      forms: ['Convolution', 'Deconvolution', 'InnerProduct', 'Scale'],
      8: row(16, 8, 8),
      16: row(32, 8, 8),
    },
    other: { 8: row(0, 8, 8), 16: row(0, 8, 8) },
  },
  v3: {
    accumulating: { forms: ['Convolution', 'Deconvolution', 'InnerProduct'], 8: row(0, 16, 32), 16: row(24, 16, 24) },
    other: { 8: row(0, 16, 40), 16: row(0, 16, 32) },
  },
};

/** The limits for a form, the width of its input codes (8, else 16) and an overlay: a row of `LIMITS`. */
export function limitsOf(form: LimitsForm, bwIn: number, overlay: Overlay): Limits {
  const { accumulating, other } = LIMITS[overlay];
  return (accumulating.forms.includes(form) ? accumulating : other)[bwIn === 8 ? 8 : 16];
}

const f32 = Math.fround;

/**
 * A multiplier as `scale * 2^-(prescale_shift + postscale_shift)`, as far as the limits allow: the shift before takes
 * what it can, `scale` is made as long as it can be, rounded half to even. Every operation is rounded to float32, the
 * logarithm too.
 *
 * A multiplier too small for the limits loses bits, down to a scale of 0; one too large saturates at
 * `2 ** (scaleBits - 1)`. 0, negative numbers, infinity and NaN (a dead channel, a zero output threshold) give 0, 0, 0.
 * Source: QUANTIZER.md, section 6.
 */
export function decompose(multiplier: number, { preMax, scaleBits, postMax }: Limits): Triple {
  const m = f32(multiplier);
  if (!(m > 0) || m === Infinity) return { prescale_shift: 0, scale: 0, postscale_shift: 0 };
  const e = Math.ceil(f32(log2(m)));
  const fraction = f32(m * powerOfTwo(-e));
  const prescale_shift = Math.min(Math.max(-e, 0), preMax);
  const afterwards = Math.max(-e, 0) - prescale_shift;
  const post = Math.min(afterwards, postMax);
  const largest = 2 ** (scaleBits - 1);
  const s = clamp(f32(fraction * powerOfTwo(Math.max(e, 0) - (afterwards - post))), 0, largest);
  const k = s === 0 ? 0 : Math.min(Math.floor(f32(log2(f32(largest / s)))), postMax - post);
  return { prescale_shift, scale: roundHalfEven(f32(s * powerOfTwo(k))), postscale_shift: post + k };
}
