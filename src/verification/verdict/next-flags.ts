import { OVERLAYS } from '../../scaling/index.js';
import type { Fault } from '../../scaling-file/fault.js';
import { addsToCode } from '../clipped-biases.js';
import type { Cause, CauseKind } from './causes.js';
import type { Cliff } from './cliff.js';
import type { Measured } from './measured.js';

/** Choices of the calibration that are known; a scaling file alone does not tell them. */
export interface KnownChoices {
  readonly calibrator?: string | undefined;
  /** The findings of `check` about the scaling file. */
  readonly faults?: readonly Fault[] | undefined;
  /** The class of each image, from 0. */
  readonly labels?: readonly number[] | undefined;
  /** Whether the images are those of the calibration. */
  readonly sameImages?: boolean | undefined;
  /** The preprocessing of the images, as flags. */
  readonly preprocessing?: string | undefined;
}

/**
 * Flags of `quantize` to try next, the most promising first; empty where none is left to try. Each is complete:
 * `--overlay v3`.
 */
export function nextFlags(
  measured: Measured,
  cliff: Cliff | null,
  causes: readonly Cause[],
  { calibrator, preprocessing }: KnownChoices,
): string[] {
  // Flags of a calibration do not repair a file that was changed afterwards.
  if (causes.some(({ kind }) => kind === 'fault of the scaling file')) return [];
  if (causes.some(({ kind }) => kind === 'other input than calibrated on'))
    return preprocessing === undefined ? [] : [preprocessing];
  const has = (...kinds: CauseKind[]): boolean => causes.some(({ kind }) => kinds.includes(kind));
  const is16 = measured.entries.every(({ bw_layer_in }) => bw_layer_in === 16);
  const isClipped = has('clipped at the threshold', 'clipped before scaling', 'bias beyond the threshold');
  const host = cliff === null ? [] : [`--float_layers '${cliff.layer}'`];
  const flags = [
    ...(has('fixed average-pooling area') ? host : []),
    ...(isClipped && calibrator !== undefined && calibrator !== 'mse' && calibrator !== 'max'
      ? ['--calibrator mse']
      : []),
    ...(has('clipped before scaling', 'bias beyond the threshold') ? otherOverlay(measured) : []),
    ...(has('clipped at the threshold') && calibrator === 'mse' ? ['--calibrator max'] : []),
    ...(is16 ? host : ['--bitwidths 16,16,16']),
  ];
  return [...new Set(flags)];
}

/** An overlay that adds the bias before it scales, where this one does not. */
function otherOverlay({ overlay, entries }: Measured): string[] {
  const [entry] = entries;
  const other = OVERLAYS.find((each) => each.name !== overlay && entry !== undefined && !addsToCode(each, entry));
  return other === undefined ? [] : [`--overlay ${other.name}`];
}
