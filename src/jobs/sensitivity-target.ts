import type { Calibrator } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import { type CalibrationFiles, type ImageSource, imageCount } from '../images/index.js';
import type { WidthProposal } from '../report/width-proposal.js';
import type { MultiplierKind, OverlayName, ScalingEntry } from '../scaling/index.js';
import { formatScaling } from '../scaling-file/format.js';
import type { Sensitivity } from '../verification/sensitivity/sensitivity.js';
import { bitWidths, DEFAULT_BIT_WIDTHS } from './bit-widths.js';
import { calibratedGraph, defaultWalk } from './calibrate.js';
import {
  CALIBRATION_FLAGS,
  type CalibrationFlags,
  calibrationFilesOf,
  fileSource,
  type PreprocessingFlags,
  withMeanValues,
} from './calibration-flags.js';
import { optionsOf } from './flags.js';
import { usableImages } from './good-files.js';
import type { JobHooks } from './hooks.js';
import { plainPaths } from './input-files.js';
import type { FlagTable } from './known-flags.js';
import type { Network, NetworkFlags } from './network.js';
import { multipliersFor } from './quantize.js';
import { expectAgreement, proposeWidths } from './target-agreement.js';
import { graphFor, openTaskPool } from './worker-tasks.js';

/** The flags of a target of `sensitivity`: those of the calibration that made the scaling file, spelled as on the command line. */
export interface TargetFlags extends CalibrationFlags {
  /** The share of images that must keep their best class, 0 to 1: layers of 16 bits are proposed that reach it. */
  readonly target_agreement?: number | undefined;
  /** How thresholds of activations are found; `mse` where absent. */
  readonly calibrator?: Calibrator | undefined;
  /** As for `quantize`. */
  readonly multipliers?: MultiplierKind | undefined;
  /** Whether fully connected layers have entries; not where absent. */
  readonly include_inner_product?: boolean | undefined;
  /** Whether every grid step becomes a power of two; not where absent. */
  readonly power_of_two?: boolean | undefined;
  /** Whether a Concat's threshold is written back through Pooling and inner Concats too; not where absent. */
  readonly unify_concat?: boolean | undefined;
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file. */
  readonly memory?: number | undefined;
}

/** The names of {@link TargetFlags}. */
export const TARGET_FLAGS: FlagTable<TargetFlags> = {
  ...CALIBRATION_FLAGS,
  target_agreement: true,
  calibrator: true,
  multipliers: true,
  include_inner_product: true,
  power_of_two: true,
  unify_concat: true,
  memory: true,
};

/** A target with the files that its sets of layers are calibrated on. */
export interface Target {
  readonly agreement: number;
  readonly files: CalibrationFiles;
}

/** The target that the flags name, before any work is done; undefined where they name none. Throws `usage` and `file`. */
export async function targetOf(flags: TargetFlags): Promise<Target | undefined> {
  const { target_agreement: agreement } = flags;
  if (agreement !== undefined) return { agreement, files: await calibrationFilesOf(flags) };
  const given = flags.calibration_directory === undefined ? undefined : '--calibration_directory';
  if (given !== undefined)
    fail('usage', given, 'expected --target_agreement beside it, got none.', 'Only a target calibrates.');
  return undefined;
}

/** Throws `usage` for a target with a calibration that gives layers no widths of their own. */
export function expectProgressive({ calibrator }: TargetFlags, { framework }: Network): void {
  if (defaultWalk(framework, calibrator) === 'reference')
    fail(
      'usage',
      '--target_agreement',
      'expected a progressive walk, got --calibrator reference on a TensorFlow network.',
      'Only the progressive walk gives layers widths of their own.',
    );
}

/** What is known of a network before layers of 16 bits are proposed. */
export interface Analysed {
  readonly network: Network;
  readonly entries: readonly ScalingEntry[];
  readonly source: ImageSource;
  readonly result: Sensitivity & { readonly overlay: OverlayName };
}

/** The flags of the analysis that its target follows, too. */
interface AnalysisFlags extends NetworkFlags, PreprocessingFlags {
  readonly scaling: string;
  readonly threads?: number | undefined;
  readonly skip_bad_images?: boolean | undefined;
}

/** Proposes layers of 16 bits for a target. Throws `unsupported` where no agreement can be measured, and as `quantize` does. */
export async function propose(
  given: TargetFlags & AnalysisFlags,
  { agreement, files: chosen }: Target,
  { network, entries, source, result }: Analysed,
  hooks: JobHooks,
): Promise<WidthProposal> {
  expectAgreement(result);
  const flags = await withMeanValues(given);
  const { overlay } = result;
  const widths = bitWidths(DEFAULT_BIT_WIDTHS);
  const options = {
    ...optionsOf(flags),
    widths,
    overlay,
    walk: 'progressive' as const,
    multipliers: multipliersFor({ ...flags, overlay }, widths),
    floatLayers: undefined,
  };
  const folders = flags.calibration_directory ?? [];
  const [folder = ''] = await plainPaths(folders);
  const { source: calibration } = await usableImages(
    chosen,
    (files) => fileSource({ flag: '--calibration_directory', folders }, options, network, files),
    { skip: flags.skip_bad_images, place: folder },
    hooks,
  );
  const count = Math.max(imageCount(calibration), imageCount(source));
  const pool = await openTaskPool({ threads: flags.threads }, count, hooks.signal);
  const onBase = (base: readonly ScalingEntry[]): void => {
    if (formatScaling([...base]) !== formatScaling([...entries])) hooks.warn?.(otherCalibration(flags.scaling));
  };
  try {
    const graph = graphFor(pool, calibratedGraph(network.graph, 'progressive'));
    const search = { target: agreement, calibration, options, images: source, onBase };
    return await proposeWidths(pool, graph, result, search, hooks);
  } finally {
    await pool.close();
  }
}

function otherCalibration(file: string): string {
  return `warning: the calibration that these flags name gives other entries than ${file}: the proposal is for the calibration, the ranking for the file. Pass the flags, the seed among them, that made the file.`;
}
