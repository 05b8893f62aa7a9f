import { fail } from '../../error.js';
import { divergence } from './divergence.js';
import { maximum } from './maximum.js';
import type { ThresholdMethod } from './method.js';
import { mse, search } from './mse.js';
import { percentile } from './percentile.js';

/** The share of elements that the percentile method keeps where none is named, percent. */
const DEFAULT_PERCENT = 99.999;

/** The methods by the names that options give them. */
export const calibrators = {
  mse,
  reference: divergence,
  max: maximum,
  percentile: percentile(DEFAULT_PERCENT),
  search,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

/** The name of a method that finds thresholds of activations; a percentile may have its number behind a colon. */
export type Calibrator = keyof typeof calibrators | `percentile:${number}`;

/** A method by its name, or as a value. */
export type CalibratorChoice = Calibrator | ThresholdMethod;

/** The method where none is chosen. */
export const DEFAULT_CALIBRATOR: Calibrator = 'mse';

/** The names of the methods, as help texts list them. */
export const CALIBRATOR_NAMES = [...Object.keys(calibrators), `percentile:${DEFAULT_PERCENT}`] as const;

/** The method that was chosen. Throws `usage` for a name that no method has, and for a percentile out of range. */
export function calibratorOf(choice: CalibratorChoice): ThresholdMethod {
  if (typeof choice !== 'string') return choice;
  if (Object.hasOwn(calibrators, choice)) return calibrators[choice as keyof typeof calibrators];
  const [, percent] = /^percentile:([\d.]+)$/.exec(choice) ?? [];
  return percent === undefined
    ? fail(
        'usage',
        '--calibrator',
        `expected ${CALIBRATOR_NAMES.slice(0, -1).join(', ')} or ${CALIBRATOR_NAMES.slice(-1)}, got "${choice}".`,
      )
    : percentile(Number(percent));
}
