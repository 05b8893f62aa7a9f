import { fail } from '../error.js';
import { writeFileAtomic } from '../platform/index.js';
import { type OverlayName, overlayOf, type ScalingEntry } from '../scaling/index.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import { formatScaling } from '../scaling-file/format.js';
import { isPooling, rescale } from '../scaling-file/rescale.js';
import type { NetworkFlags } from './network.js';
import { bitWidths, type JobHooks } from './quantize.js';
import { describedNetwork, loadScaling } from './scaling-file.js';

/** The flags of `rescale`, spelled as on the command line. */
export interface RescaleOptions extends NetworkFlags {
  readonly scaling: string;
  readonly output: string;
  /** The overlay to scale for; the file's own where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Input activations, parameters, output activations; the file's own where absent. */
  readonly bitwidths?: readonly number[] | undefined;
}

/** What `rescale` wrote. */
export interface RescaleResult {
  readonly from: OverlayName;
  readonly overlay: OverlayName;
  readonly entries: readonly ScalingEntry[];
  readonly output: string;
}

/** New triples for another overlay or other widths from the thresholds of a file; the network is only needed for average pooling entries. */
export async function rescaleFile(options: RescaleOptions, hooks: JobHooks = {}): Promise<RescaleResult> {
  const entries = await loadScaling(options.scaling);
  const from = detectOverlay(entries);
  const overlay = options.overlay ?? from;
  const widths = options.bitwidths === undefined ? undefined : bitWidths(options.bitwidths);
  const network = await describedNetwork(options, entries);
  if (widths !== undefined && widths.input !== widths.output && network === undefined) {
    fail(
      'usage',
      '--bitwidths',
      `expected the same width for input and output where no network is given, got ${widths.input} and ${widths.output}.`,
      'Pass --deploy_model: it says which layers read the input.',
    );
  }
  const { hasPoolingEntries } = overlayOf(overlay);
  if (hasPoolingEntries && network === undefined && !entries.some((entry) => isPooling(entry, from))) {
    hooks.warn?.(
      `note: no average pooling entries are written: pass --deploy_model to add them for overlay ${overlay}, if the network pools averages.`,
    );
  }
  const result = rescale(entries, from, { overlay, widths }, network?.graph);
  await writeFileAtomic(options.output, formatScaling(result));
  return { from, overlay, entries: result, output: options.output };
}
