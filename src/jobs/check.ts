import { fail } from '../error.js';
import { writeFileAtomic } from '../platform/index.js';
import type { OverlayName } from '../scaling/index.js';
import { checkScaling, fixScaling } from '../scaling-file/check.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import type { Fault } from '../scaling-file/fault.js';
import { formatScaling } from '../scaling-file/format.js';
import { type ReadScaling, readScaling } from '../scaling-file/parse.js';
import type { NetworkFlags } from './network.js';
import { type DescribedNetwork, describedNetwork, inspectScaling } from './scaling-file.js';

/** The flags of `check`, spelled as on the command line. */
export interface CheckScalingOptions extends NetworkFlags {
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Rewrite what can be derived. */
  readonly fix?: boolean | undefined;
  /** Where the repaired file goes; in place where absent. */
  readonly output?: string | undefined;
}

/** What `check` found. */
export interface CheckResult {
  readonly overlay: OverlayName;
  readonly entries: number;
  /** What is wrong with the file as it is now: after `fix`, what remains. */
  readonly faults: readonly Fault[];
  /** How many findings `fix` has removed. */
  readonly fixed: number;
  /** The file that was written, if any. */
  readonly output?: string;
}

/** Checks a scaling file by itself or against its network, and repairs it where asked to. Only a broken outline is thrown, as `format`. */
export async function checkScalingFile(options: CheckScalingOptions): Promise<CheckResult> {
  const read = await inspectScaling(options.scaling);
  const network = await describedNetwork(options, read.entries);
  const overlay = options.overlay ?? detectOverlay(read.entries);
  const faults = allFaults(read, overlay, network);
  const result = { overlay, entries: read.entries.length, faults, fixed: 0 };
  return options.fix === true ? repair(options, read, network, result) : result;
}

function allFaults(
  { entries, faults }: ReadScaling,
  overlay: OverlayName,
  network: DescribedNetwork | undefined,
): Fault[] {
  const about = ({ entry, key }: Fault, severity: Fault['severity']): string => JSON.stringify([entry, key, severity]);
  const said = new Set(faults.map((one) => about(one, one.severity)));
  const own = checkScaling(entries, { overlay, ...network });
  return [...faults, ...own.filter((one) => !said.has(about(one, 'fault')) && !said.has(about(one, one.severity)))];
}

async function repair(
  options: CheckScalingOptions,
  read: ReadScaling,
  network: DescribedNetwork | undefined,
  result: CheckResult,
): Promise<CheckResult> {
  if (!read.complete)
    fail(
      'data',
      options.scaling,
      'expected entries that can be read before they are repaired, got some that cannot.',
      'Correct by hand what xfdnn check lists.',
    );
  const output = options.output ?? options.scaling;
  const text = formatScaling(fixScaling(read.entries, { overlay: result.overlay, ...network }));
  await writeFileAtomic(output, text);
  const faults = allFaults(readScaling(text, output), result.overlay, network);
  return { ...result, faults, fixed: Math.max(0, result.faults.length - faults.length), output };
}
