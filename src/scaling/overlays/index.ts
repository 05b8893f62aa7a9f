import { fail } from '../../error.js';
import type { BitWidth } from '../../fixed/grid.js';
import type { Overlay } from './overlay.js';
import { v2 } from './v2.js';
import { v3 } from './v3.js';

/** Every overlay there is. Where a scaling file fits several equally well, the first of them is taken. */
const list = [v2, v3] as const;

/** The name of an overlay, as on the command line. */
export type OverlayName = (typeof list)[number]['name'];

/** An overlay by its name, or as a value: one that is not in the list can be passed as a value only. */
export type OverlayChoice = OverlayName | Overlay;

/** An overlay of the list. */
type ListedOverlay = Overlay & { readonly name: OverlayName };

/** Every overlay there is, in the order of the list. */
export const OVERLAYS: readonly ListedOverlay[] = list;

/** Their names. */
export const OVERLAY_NAMES: readonly OverlayName[] = list.map(({ name }) => name);

/** The overlay that a scaling file is made for where none is chosen. */
export const DEFAULT_OVERLAY: OverlayName = v2.name;

/** The overlay that was chosen. Throws `usage` for a name that is not in the list. */
export function overlayOf(choice: OverlayChoice): Overlay {
  if (typeof choice !== 'string') return choice;
  return (
    OVERLAYS.find(({ name }) => name === choice) ??
    fail('usage', 'overlay', `expected ${OVERLAY_NAMES.join(' or ')}, got "${choice}".`)
  );
}

/** Whether an overlay adds a bias to the code of the sum, which is clipped before and after. `bits`: of the input codes. */
export function addsBiasToCode(choice: OverlayChoice, bits: BitWidth): boolean {
  return overlayOf(choice).interLayer[bits].biasStage === 'code';
}

/** Whether an overlay clips a sum to the output's codes before it scales it. `bits`: of the input codes. */
export function clipsBeforeScaling(choice: OverlayChoice, bits: BitWidth): boolean {
  return overlayOf(choice).interLayer[bits].prescaledBits === 'output';
}
