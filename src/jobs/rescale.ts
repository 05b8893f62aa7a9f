import { fail } from '../error.js';
import { keepingFiles, writeFileAtomic } from '../platform/index.js';
import { noPoolingEntries, RAISED_THRESHOLDS } from '../report/rescaling.js';
import { type MultiplierKind, type OverlayName, overlayOf, type ScalingEntry } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import { isFault } from '../scaling-file/fault.js';
import { formatScaling } from '../scaling-file/format.js';
import { isPooling, isRaised, rescale, withLargestWeights } from '../scaling-file/rescale.js';
import { bitWidths } from './bit-widths.js';
import type { JobHooks } from './hooks.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { checkOutputs } from './outputs.js';
import { type DescribedNetwork, describedNetwork, loadScaling } from './scaling-file.js';

/** The flags of `rescale`, spelled as on the command line. */
export interface RescaleFlags extends NetworkFlags {
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Path of the new scaling file. */
  readonly output: string;
  /** The overlay to scale for; the file's own where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Bits of input activations, parameters and output activations; the file's own where absent. */
  readonly bitwidths?: readonly number[] | undefined;
  /** Whether multipliers are made powers of two where the overlay clips before it scales; as in the file where absent. */
  readonly multipliers?: MultiplierKind | undefined;
}

const RESCALE_FLAGS: FlagTable<RescaleFlags> = {
  ...NETWORK_FLAGS,
  scaling: true,
  output: true,
  overlay: true,
  bitwidths: 'list',
  multipliers: true,
};

/** The scaling file that `rescale` wrote. */
export interface RescaleResult {
  /** The overlay of the file that was read. */
  readonly from: OverlayName;
  /** The overlay of the new file. */
  readonly overlay: OverlayName;
  /** The entries of the new file. */
  readonly entries: readonly ScalingEntry[];
  /** Path of the new file. */
  readonly output: string;
}

/**
 * Writes new triples for another overlay or other widths, from the thresholds of a scaling file. The network is only
 * needed for average pooling entries, where the overlay has them, and for unequal widths. Throws `usage`, `file`, `format`, and the errors of importing
 * the network.
 *
 * @function
 */
export const rescaleFile = keepingFiles(rescaleJob);

async function rescaleJob(flags: RescaleFlags, hooks: JobHooks = {}): Promise<RescaleResult> {
  refuseUnknownFlags('rescaleFile', flags, RESCALE_FLAGS);
  const entries = await loadScaling(flags.scaling);
  const from = detectOverlay(entries);
  const overlay = flags.overlay ?? from;
  const widths = flags.bitwidths === undefined ? undefined : bitWidths(flags.bitwidths);
  const network = await describedNetwork(flags, entries);
  if (widths !== undefined && widths.input !== widths.output && network === undefined) {
    fail(
      'usage',
      '--bitwidths',
      `expected the same width for input and output where no network is given, got ${widths.input} and ${widths.output}.`,
      'Pass --deploy_model: it says which layers read the input.',
    );
  }
  await checkOutputs({ '--output': flags.output }, [flags.scaling, flags.deploy_model, flags.weights]);
  const { hasPoolingEntries } = overlayOf(overlay);
  if (hasPoolingEntries && network === undefined && !entries.some((entry) => isPooling(entry, from)))
    hooks.warn?.(noPoolingEntries(overlay));
  const isOther = overlay !== from || widths !== undefined || flags.multipliers !== undefined;
  if (isOther && network?.weights !== true && entries.some(isRaised)) hooks.warn?.(RAISED_THRESHOLDS);
  const { lowered, exact } = thresholdsOfWeights(entries, flags, network);
  const result = rescale(lowered, from, { overlay, widths, exact }, network?.graph);
  expectWidths(flags.scaling, result, overlay, network);
  await writeFileAtomic(flags.output, formatScaling(result));
  return { from, overlay, entries: result, output: flags.output };
}

/** Throws `usage`, naming the first entry, where the overlay has no multiplier between the widths of the entries. */
function expectWidths(
  path: string,
  entries: readonly ScalingEntry[],
  overlay: OverlayName,
  network: DescribedNetwork | undefined,
): void {
  const found = checkScaling(entries, { overlay, ...network }).find((each) => isFault(each) && /^bw_/.test(each.key));
  if (found === undefined) return;
  fail(
    'usage',
    '--overlay',
    `${path}: entry "${found.entry}": ${found.key}: ${found.message}`,
    'Pass --bitwidths 8 or --bitwidths 16 for widths that it has, or keep the overlay.',
  );
}

/** The entries with the largest weights as thresholds as far as they are known, and the names of those to raise again. */
function thresholdsOfWeights(
  entries: readonly ScalingEntry[],
  { multipliers }: RescaleFlags,
  network: DescribedNetwork | undefined,
): { lowered: readonly ScalingEntry[]; exact: ReadonlySet<string> } {
  const raised = entries.filter((entry) => (multipliers === undefined ? isRaised(entry) : multipliers === 'exact'));
  const exact = new Set(raised.map(({ name }) => name));
  return { lowered: network?.weights === true ? withLargestWeights(entries, network.graph) : entries, exact };
}
