import { CODES, type Grid, stepOf, ZERO } from '../../fixed/grid.js';
import type { Engine } from '../../kernels/engine.js';

/** The threshold and step that a rounding kernel takes. A threshold that counts as zero gives codes of 0. */
function kernelGrid(grid: Grid): [threshold: number, step: number] {
  return grid.threshold <= ZERO ? [0, 0] : [Math.fround(grid.threshold), stepOf(grid)];
}

/**
 * Writes the float32 values of `count` codes, each the code times the grid step (`docs/spec/quantizer.md`, section 4,
 * `fq`).
 */
export function dequantize(engine: Engine, from: number, to: number, count: number, grid: Grid): void {
  engine.kernels[`dequantize_${CODES[grid.bits].element}`](from, to, count, 1, stepOf(grid));
}

/** Writes the codes of `count` float32 values on a grid. */
export function quantize(engine: Engine, from: number, to: number, count: number, grid: Grid): void {
  engine.kernels[`quantize_${CODES[grid.bits].element}`](from, to, count, ...kernelGrid(grid));
}

/** Writes codes of grid `old` as codes of another grid: the float32 value of each, rounded again. */
export function requantize(engine: Engine, from: number, to: number, count: number, old: Grid, grid: Grid): void {
  const kernel = `requantize_${CODES[old.bits].element}_${CODES[grid.bits].element}` as const;
  engine.kernels[kernel](from, to, count, stepOf(old), ...kernelGrid(grid));
}
