import { checkWidth } from '../fixed/checks.js';
import { clamp, roundHalfEven } from '../fixed/rounding.js';
import { log2, powerOfTwo } from '../math.js';
import type { Triple } from './entry.js';
import { type OverlayChoice, overlayOf } from './overlays/index.js';
import type { Limits, LimitsForm } from './overlays/overlay.js';

/** The limits for a form and the width of its input codes. Throws `usage` for another width. */
export function limitsOf(form: LimitsForm, bwIn: number, overlay: OverlayChoice): Limits {
  checkWidth('limitsOf', bwIn);
  return overlayOf(overlay).limits[form][bwIn];
}

const f32 = Math.fround;

/**
 * A multiplier as `scale * 2^-(prescale_shift + postscale_shift)`, as far as the limits allow: the shift before takes
 * what it can, `scale` is made as long as it can be, rounded half to even. Every operation is rounded to float32, the
 * logarithm too.
 *
 * A multiplier too small for the limits loses bits, down to a scale of 0; one too large saturates at
 * `2 ** (scaleBits - 1)`. 0, negative numbers, infinity and NaN (a dead channel, a zero output threshold) give 0, 0, 0.
 * Source: `docs/spec/quantizer.md`, section 6.
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
