import type { BitWidths } from '../calibration/plan.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';

/** `--bitwidths` where the flag is absent: input activations, parameters, output activations. */
export const DEFAULT_BIT_WIDTHS: readonly number[] = [8, 8, 8];

/**
 * The three numbers of `--bitwidths` (input activations, parameters, output activations) by name.
 * Throws `usage` for anything but three of 8 and 16.
 */
export function bitWidths(list: readonly number[]): BitWidths {
  const [input, params, output, ...others] = list;
  return isWidth(input) && isWidth(params) && isWidth(output) && others.length === 0
    ? { input, params, output }
    : refuse(list);
}

function isWidth(width: number | undefined): width is BitWidth {
  return width === 8 || width === 16;
}

function refuse(list: readonly number[]): never {
  return fail(
    'usage',
    '--bitwidths',
    `expected three of 8 and 16 (input activations, parameters, output activations), got [${list.join(',')}].`,
    'For example [8,8,8].',
  );
}
