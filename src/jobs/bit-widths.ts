import type { BitWidths } from '../calibration/walk.js';
import { fail } from '../error.js';

/** `--bitwidths` where the flag is absent: input activations, parameters, output activations. */
export const DEFAULT_BIT_WIDTHS: readonly number[] = [8, 8, 8];

/**
 * The three numbers of `--bitwidths` (input activations, parameters, output activations) by name.
 * Throws `usage` for anything but three of 8 and 16.
 */
export function bitWidths(list: readonly number[]): BitWidths {
  const [input, params, output, ...others] = list;
  if (input === undefined || params === undefined || output === undefined || others.length > 0) refuse(list);
  if (list.some((width) => width !== 8 && width !== 16)) refuse(list);
  return { input, params, output };
}

function refuse(list: readonly number[]): never {
  return fail(
    'usage',
    '--bitwidths',
    `expected three of 8 and 16 (input activations, parameters, output activations), got [${list.join(',')}].`,
    'For example [8,8,8].',
  );
}
