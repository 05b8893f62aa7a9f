import type { BitWidths } from '../calibration/plan.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';

/** `--bitwidths` as widths. Throws `usage` for anything but three of 8 and 16. */
export function bitWidths(list: readonly number[]): BitWidths {
  const isWidth = (width: number | undefined): width is BitWidth => width === 8 || width === 16;
  const [input, params, output] = list;
  return list.length === 3 && isWidth(input) && isWidth(params) && isWidth(output)
    ? { input, params, output }
    : fail(
        'usage',
        '--bitwidths',
        `expected three of 8 and 16 (input activations, parameters, output activations), got [${list.join(',')}].`,
        'For example [8,8,8].',
      );
}
