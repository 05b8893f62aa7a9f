import { fail } from '../error.js';
import { keepingFiles, writeFileAtomic } from '../platform/index.js';
import type { OverlayName } from '../scaling/index.js';
import { checkScaling, fixScaling } from '../scaling-file/check.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import type { Fault } from '../scaling-file/fault.js';
import { expectOverlay } from '../scaling-file/fitting-overlay.js';
import { formatScaling } from '../scaling-file/format.js';
import { type ReadScaling, readScaling } from '../scaling-file/parse.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { checkOutputs } from './outputs.js';
import { type DescribedNetwork, describedNetwork, inspectScaling } from './scaling-file.js';

/** The flags of `check`, spelled as on the command line. */
export interface CheckFlags extends NetworkFlags {
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Whether scale factors, triples and order are rewritten where they follow from the rest of the file. */
  readonly fix?: boolean | undefined;
  /** Path of the repaired file; the scaling file itself where absent. */
  readonly output?: string | undefined;
}

const CHECK_FLAGS: FlagTable<CheckFlags> = {
  ...NETWORK_FLAGS,
  scaling: true,
  overlay: true,
  fix: true,
  output: true,
};

/** The findings of `check`. */
export interface CheckResult {
  /** The overlay that the file was checked for. */
  readonly overlay: OverlayName;
  /** The overlay that most of its entries speak for. */
  readonly detected: OverlayName;
  /** Number of entries. */
  readonly entries: number;
  /** The faults and warnings of the file; with `fix`, those that remain. */
  readonly faults: readonly Fault[];
  /** Number of findings that `fix` has removed. */
  readonly fixed: number;
  /** Path of the file that was written, if any. */
  readonly output?: string;
}

/**
 * Checks a scaling file by itself or against its network, and repairs it with `fix`. Faults are listed, not thrown. An explicit
 * overlay is the one that is checked for; a repair keeps the overlay that the file is for. Throws `file`; `usage` for a repair for another overlay; `format` for text that is no scaling file; `data` for a repair of entries that cannot be read; and the
 * errors of importing the network.
 *
 * @function
 */
export const checkScalingFile = keepingFiles(checkJob);

async function checkJob(flags: CheckFlags): Promise<CheckResult> {
  refuseUnknownFlags('checkScalingFile', flags, CHECK_FLAGS);
  if (flags.output !== undefined && flags.fix !== true)
    fail('usage', '--output', 'expected --fix beside it, got none.', 'Only a repaired file is written.');
  const repaired = flags.fix === true ? (flags.output ?? flags.scaling) : undefined;
  // A repair replaces its own file where no other is named.
  const inputs = [flags.deploy_model, flags.weights, ...(flags.output === undefined ? [] : [flags.scaling])];
  await checkOutputs({ [flags.output === undefined ? '--fix' : '--output']: repaired }, inputs);
  const read = await inspectScaling(flags.scaling);
  const detected = detectOverlay(read.entries);
  // A repair for another overlay would replace every triple: that is what rescale is for.
  if (flags.fix === true) expectOverlay(read.entries, flags.overlay, flags.scaling);
  const network = await describedNetwork(flags, read.entries);
  const overlay = flags.overlay ?? detected;
  const faults = allFaults(read, overlay, network);
  const result = { overlay, detected, entries: read.entries.length, faults, fixed: 0 };
  return flags.fix === true ? repair(flags, read, network, result) : result;
}

/** The faults of the text and those of the entries, each key of an entry once where the text's is as severe. */
function allFaults(
  { entries, faults }: ReadScaling,
  overlay: OverlayName,
  network: DescribedNetwork | undefined,
): Fault[] {
  const about = ({ entry, key }: Fault, severity: Fault['severity']): string => JSON.stringify([entry, key, severity]);
  const reported = new Set(faults.map((fault) => about(fault, fault.severity)));
  const isNew = (fault: Fault): boolean =>
    !reported.has(about(fault, 'fault')) && !reported.has(about(fault, fault.severity));
  return [...faults, ...checkScaling(entries, { overlay, ...network }).filter(isNew)];
}

async function repair(
  flags: CheckFlags,
  read: ReadScaling,
  network: DescribedNetwork | undefined,
  result: CheckResult,
): Promise<CheckResult> {
  if (!read.complete)
    fail(
      'data',
      flags.scaling,
      'expected entries that can be read before they are repaired, got some that cannot.',
      'Correct by hand what xfdnn check lists.',
    );
  const output = flags.output ?? flags.scaling;
  const text = formatScaling(fixScaling(read.entries, { overlay: result.overlay, ...network }));
  await writeFileAtomic(output, text);
  const faults = allFaults(readScaling(text, output), result.overlay, network);
  return { ...result, faults, fixed: Math.max(0, result.faults.length - faults.length), output };
}
