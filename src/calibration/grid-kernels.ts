import { gridStep, ZERO } from '../fixed/grid.js';
import type { Engine } from '../kernels/engine.js';

/** The threshold and step a rounding kernel takes; a threshold that counts as zero gives codes of 0. */
export function gridOf(th: number, bw: number): [threshold: number, step: number] {
  return th <= ZERO ? [0, 0] : [Math.fround(th), gridStep(th, bw)];
}

/** Float32 values of codes: `code * sf` (QUANTIZER.md, section 4, `fq`). */
export function dequantize(engine: Engine, from: number, to: number, count: number, th: number, bw: number): void {
  engine.kernels[bw === 8 ? 'dequantize_i8' : 'dequantize_i16'](from, to, count, 1, gridStep(th, bw));
}

/** Codes of float32 values on a grid. */
export function quantize(engine: Engine, from: number, to: number, count: number, th: number, bw: number): void {
  engine.kernels[bw === 8 ? 'quantize_i8' : 'quantize_i16'](from, to, count, ...gridOf(th, bw));
}

/** Codes of one grid as codes of another: the float32 value of each, rounded again. */
export function requantize(
  engine: Engine,
  from: number,
  to: number,
  count: number,
  old: { th: number; bw: number },
  th: number,
  bw: number,
): void {
  const kernel = `requantize_${old.bw === 8 ? 'i8' : 'i16'}_${bw === 8 ? 'i8' : 'i16'}` as const;
  engine.kernels[kernel](from, to, count, gridStep(old.th, old.bw), ...gridOf(th, bw));
}
