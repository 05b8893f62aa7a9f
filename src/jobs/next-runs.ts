import type { CalibrationFiles } from '../images/index.js';
import type { CommandFlags, NextRuns } from '../report/next-commands.js';
import { CALIBRATION_FLAGS, PREPROCESSING_FLAGS, type PreprocessingFlags } from './calibration-flags.js';
import { NETWORK_FLAGS, type NetworkFlags } from './network.js';
import type { InputFlags } from './network-inputs.js';
import { QUANTIZE_FLAGS, type QuantizeFlags } from './quantize-flags.js';

/** Stands for a folder that the run does not know. */
const FOLDER = 'FOLDER';

/** Flags that a command to run next does not repeat. */
const LEFT_OUT: ReadonlySet<string> = new Set(['preview', 'report', 'no_quick_look', 'threads', 'memory']);

/** The commands that go on from a calibration with its scaling file. */
export function runsAfterQuantize(
  flags: QuantizeFlags,
  { output, files }: { readonly output: string; readonly files: CalibrationFiles },
): NextRuns {
  const { manifest, calibration_directory: folder, recursive } = flags;
  const repeated = pick(
    { ...flags, ...(files.seed !== undefined && { calibration_seed: files.seed }) },
    QUANTIZE_FLAGS,
  );
  const network = pick(flags, { ...NETWORK_FLAGS, ...PREPROCESSING_FLAGS });
  const sample = pick(repeated, CALIBRATION_FLAGS);
  return {
    quantize: repeated,
    advise: { ...(manifest === undefined ? { ...network, ...sample } : { from: manifest }), images: FOLDER },
    sensitivity: {
      ...(manifest === undefined ? { ...network, scaling: output } : { from: manifest }),
      images: folder,
      image_count: files.names.length,
      recursive,
    },
  };
}

/** The flags of a verification that the commands after it take. */
type VerifiedFlags = NetworkFlags &
  PreprocessingFlags &
  InputFlags & {
    readonly scaling: string;
    readonly overlay?: string | undefined;
    readonly labels?: string | undefined;
  };

/** The commands that go on from a verification. What a manifest does not tell of the calibration, `FOLDER` stands for. */
export function runsAfterVerify(flags: VerifiedFlags): NextRuns {
  const { manifest, images, image_count, input, recursive, skip_bad_images, labels, scaling, overlay } = flags;
  const network = pick(flags, { ...NETWORK_FLAGS, ...PREPROCESSING_FLAGS });
  const calibrated = manifest === undefined ? { ...network, calibration_directory: FOLDER } : { from: manifest };
  const judged = { images, image_count, input, recursive, skip_bad_images };
  return {
    // The manifest goes with the file that it is about.
    quantize: { ...calibrated, manifest },
    advise: { ...calibrated, ...judged, labels },
    sensitivity: { ...(manifest === undefined ? { ...network, scaling, overlay } : { from: manifest }), ...judged },
  };
}

/** The flags of these names that have a value. */
function pick(flags: object, names: Readonly<Record<string, true | 'list'>>): CommandFlags {
  return Object.fromEntries(
    Object.entries(flags).filter(([name, value]) => name in names && !LEFT_OUT.has(name) && value !== undefined),
  );
}
