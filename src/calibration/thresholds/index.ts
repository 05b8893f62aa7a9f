import { fail } from '../../error.js';
import { divergence } from './divergence.js';
import type { ThresholdMethod } from './method.js';

/** The methods by the names that options give them. */
export const calibrators = {
  reference: divergence,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

/** The name of a method that finds thresholds of activations. */
export type Calibrator = keyof typeof calibrators;

/** A method by its name, or as a value. */
export type CalibratorChoice = Calibrator | ThresholdMethod;

/** The method that was chosen. Throws `usage` for a name that no method has. */
export function calibratorOf(choice: CalibratorChoice): ThresholdMethod {
  if (typeof choice !== 'string') return choice;
  const names = Object.keys(calibrators);
  return names.includes(choice)
    ? calibrators[choice]
    : fail('usage', 'calibrator', `expected ${names.join(' or ')}, got "${choice}".`);
}
