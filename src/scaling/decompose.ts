import { clamp, roundHalfEven } from '../fixed/rounding.js';
import { log2, powerOfTwo } from '../math.js';
import type { EntryForm, Overlay, Triple } from './entry.js';

/** What an overlay can hold: the largest shift before, the bits of the multiplier (its largest value is 2^(bits-1)), the largest shift after. */
export interface Limits {
  readonly preMax: number;
  readonly scaleBits: number;
  readonly postMax: number;
}

const limits = (preMax: number, scaleBits: number, postMax: number): Limits => ({ preMax, scaleBits, postMax });

/** The overlays' limits by layer and width of the input codes (QUANTIZER.md, section 6). `Rescaling`: between two layers' grids. */
export function limitsOf(form: EntryForm | 'Rescaling', bwIn: number, overlay: Overlay): Limits {
  const weighted = form === 'Convolution' || form === 'Deconvolution' || form === 'InnerProduct';
  if (overlay === 'v2') return weighted || form === 'Scale' ? limits(bwIn === 8 ? 16 : 32, 8, 8) : limits(0, 8, 8);
  if (weighted) return bwIn === 8 ? limits(0, 16, 32) : limits(24, 16, 24);
  return limits(0, 16, bwIn === 8 ? 40 : 32);
}

const f32 = Math.fround;

/**
 * A multiplier as shifts and a short integer, every operation rounded to float32, the logarithm too.
 * 0, infinity and NaN (a dead channel, a zero output threshold) give 0, 0, 0. QUANTIZER.md, section 6.
 */
export function decompose(multiplier: number, { preMax, scaleBits, postMax }: Limits): Triple {
  const m = f32(multiplier);
  if (!(m > 0) || m === Infinity) return { prescale_shift: 0, scale: 0, postscale_shift: 0 };
  const e = Math.ceil(f32(log2(m)));
  const fraction = f32(m * powerOfTwo(-e));
  const prescale_shift = Math.min(Math.max(-e, 0), preMax);
  const rest = Math.max(-e, 0) - prescale_shift;
  const post = Math.min(rest, postMax);
  const largest = 2 ** (scaleBits - 1);
  const s = clamp(f32(fraction * powerOfTwo(Math.max(e, 0) - (rest - post))), 0, largest);
  const k = s === 0 ? 0 : Math.min(Math.floor(f32(log2(f32(largest / s)))), postMax - post);
  return { prescale_shift, scale: roundHalfEven(f32(s * powerOfTwo(k))), postscale_shift: post + k };
}
