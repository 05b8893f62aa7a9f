import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { counted } from './words.js';

/** A scaling file that was made from another. */
interface RescaledFile {
  readonly from: OverlayName;
  readonly overlay: OverlayName;
  readonly entries: readonly ScalingEntry[];
  /** Path of the new file. */
  readonly output: string;
}

/** The note on average pooling entries, which are made from the network. */
export function noPoolingEntries(overlay: OverlayName): string {
  return `note: no average pooling entries are written: pass --deploy_model to add them for overlay ${overlay}, if the network pools averages.`;
}

/** The note on thresholds of weights that were raised for one overlay. */
export const RAISED_THRESHOLDS =
  'note: thresholds of weights were raised for exact multipliers, and stay so: pass --deploy_model and --weights to start from the largest weights again.';

/** One line about a rescaled file. */
export function rescalingText({ from, overlay, entries, output }: RescaledFile): string {
  return `${counted(entries.length, 'entry', 'entries')}, overlay ${from} to ${overlay}: ${output}\n`;
}
