import { type BitWidth, CODES } from '../fixed/grid.js';
import type { Lowering } from './lowering.js';

/** Factor and right shift of each channel's window sums, one of each per channel, or one for all. */
export interface AverageFactors {
  readonly scale: ArrayLike<number>;
  readonly postscale: ArrayLike<number>;
}

/** Sizes of window sums: blocks of `channels` runs of `run` elements each; channels last have runs of one element. */
export interface SumsShape {
  readonly blocks: number;
  readonly channels: number;
  readonly run: number;
}

/**
 * `docs/spec/overlay.md`, `avgPool`, on int32 window sums: `clamp(rsh(trunc(float32(sum * factor)), shift))`. Inputs [sums],
 * outputs [codes]. A product that float32 does not hold exactly is rounded, as `avgPool` rounds it.
 */
export function lowerOverlayAverage(
  { blocks, channels, run }: SumsShape,
  { scale, postscale }: AverageFactors,
  bits: BitWidth,
): Lowering {
  const { element, bytes, smallest, largest } = CODES[bits];
  const isUniform = isConstant(scale) && isConstant(postscale);
  const [runs, length] = isUniform ? [1, blocks * channels * run] : [blocks * channels, run];
  return {
    constants: 0,
    scratch: 0,
    prepare: () => {},
    run({ kernels }, { inputs: [sums = 0], outputs: [codes = 0] }) {
      for (let i = 0; i < runs; i++) {
        const [factor, shift] = [ofChannel(scale, i % channels), ofChannel(postscale, i % channels)];
        const [from, to] = [sums + i * length * 4, codes + i * length * bytes];
        kernels[`overlay_average_${element}`](from, to, length, factor, 2 ** -Math.max(0, shift), smallest, largest);
      }
    },
  };
}

const isConstant = (values: ArrayLike<number>): boolean => Array.from(values).every((value) => value === values[0]);
const ofChannel = (values: ArrayLike<number>, channel: number): number => values[values.length === 1 ? 0 : channel]!;
