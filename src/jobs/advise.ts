import { type Calibrator, calibratorOf } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';
import { type CalibrationFiles, imageCount } from '../images/index.js';
import { keepingFiles, sha256, writeFileAtomic } from '../platform/index.js';
import type { Pool } from '../runtime/pool.js';
import type { MultiplierKind, OverlayName } from '../scaling/index.js';
import { formatScaling } from '../scaling-file/format.js';
import { type Advice, type AdvisedChoice, adviceOf, choicesOf } from './advised-choices.js';
import type { Walk } from './calibrate.js';
import {
  CALIBRATION_FLAGS,
  type CalibrationFlags,
  calibrationFilesOf,
  fileSource,
  withMeanValues,
} from './calibration-flags.js';
import { optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { classCount, readLabels } from './labels.js';
import { checkNetworkFlags, loadNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { INPUT_FLAGS, type InputFlags, listInputs, reportInputs } from './network-inputs.js';
import { checkOutputs } from './outputs.js';
import { expectMemory } from './planned-memory.js';
import { plannedTrials, type Trial, tryChoices } from './try-choices.js';
import { openTaskPool } from './worker-tasks.js';

/** The flags of `advise`, spelled as on the command line. */
export interface AdviseFlags extends NetworkFlags, InputFlags, CalibrationFlags {
  /** The overlays to compare; all where absent. */
  readonly overlays?: readonly OverlayName[] | undefined;
  /** The calibrators to compare; `mse`, `reference`, `max` and `percentile` where absent. */
  readonly calibrators?: readonly Calibrator[] | undefined;
  /** The bit widths to compare, each for input activations, parameters and output activations; 8 and 16 where absent. */
  readonly bits?: readonly number[] | undefined;
  /** The kinds of multipliers to compare; where absent the one that `quantize` takes, and on overlay v2 `natural` with `mse`. */
  readonly multipliers?: readonly MultiplierKind[] | undefined;
  /** As in `quantize`; for every choice. */
  readonly walk?: Walk | undefined;
  /** As in `quantize`; for every choice. */
  readonly include_inner_product?: boolean | undefined;
  /** As in `quantize`; for every choice. */
  readonly unify_concat?: boolean | undefined;
  /** Path of a text file with lines of `file class`: accuracy decides the ranks. */
  readonly labels?: string | undefined;
  /** Path of the scaling file of the best choice; nothing is written where absent. */
  readonly output_json?: string | undefined;
  /** Number of threads; as many as there are cores where absent. */
  readonly threads?: number | undefined;
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file. */
  readonly memory?: number | undefined;
}

const ADVISE_FLAGS: FlagTable<AdviseFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  ...CALIBRATION_FLAGS,
  overlays: 'list',
  calibrators: 'list',
  bits: 'list',
  multipliers: 'list',
  walk: true,
  include_inner_product: true,
  unify_concat: true,
  labels: true,
  output_json: true,
  threads: true,
  memory: true,
};

/** The choices that `advise` compared. */
export interface AdviseResult extends Advice {
  /** Number of images that the choices are judged on. */
  readonly images: number;
  /** The files that were calibrated on. */
  readonly files: CalibrationFiles;
  /** Path of the best choice's scaling file; null where none was asked for. */
  readonly output: string | null;
}

/**
 * Quantizes a network once for each choice of overlay, calibrator, multipliers and bits on the same calibration images, and
 * ranks the choices by what the emulated overlay makes of other images. Throws `usage`, `file`, `format`, `model`,
 * `unsupported`, `data`.
 *
 * @function
 */
export const advise = keepingFiles(adviseJob);

async function adviseJob(flags: AdviseFlags, hooks: JobHooks = {}): Promise<AdviseResult> {
  refuseUnknownFlags('advise', flags, ADVISE_FLAGS);
  checkNetworkFlags(flags);
  const choices = choicesOf({ ...flags, bits: flags.bits?.map(widthOf) });
  for (const { calibrator } of choices) calibratorOf(calibrator);
  const files = await calibrationFilesOf(flags);
  const inputs = [flags.deploy_model, flags.weights, flags.labels, ...files.paths];
  await checkOutputs({ '--output_json': flags.output_json }, inputs);
  const pool = await openTaskPool({ threads: flags.threads }, files.paths.length, hooks.signal);
  try {
    return await adviseIn(pool, flags, choices, files, hooks);
  } finally {
    await pool.close();
  }
}

async function adviseIn(
  pool: Pool,
  flags: AdviseFlags,
  choices: readonly AdvisedChoice[],
  files: CalibrationFiles,
  hooks: JobHooks,
): Promise<AdviseResult> {
  const options = optionsOf(await withMeanValues(flags));
  const network = await loadNetwork(flags, hooks);
  const { source, names } = await listInputs(flags, network, hooks);
  const labels =
    flags.labels === undefined ? undefined : await readLabels(flags.labels, names, classCount(network.graph));
  await reportInputs(source, flags, network, hooks);
  if ('paths' in source) await warnOfShared(files.paths, source.paths, hooks);
  const folders = { flag: '--calibration_directory', folders: flags.calibration_directory ?? [] };
  const calibration = fileSource(folders, options, network, files);
  const trial: Trial = { network, calibration, judged: source, labels, options };
  await expectMemory(plannedTrials(pool.size, trial, choices), 'Pass fewer --threads or a smaller --memory.');
  const tried = await tryChoices(pool, trial, choices, hooks);
  const advice = adviceOf(tried.map(({ row }) => row));
  const best = tried.find(({ row }) => row === advice.rows[0]);
  if (flags.output_json !== undefined && best?.entries !== undefined)
    await writeFileAtomic(flags.output_json, formatScaling(best.entries));
  return { ...advice, images: imageCount(source), files, output: flags.output_json ?? null };
}

/** Warns of images that thresholds come from and that the result is judged on: the same bytes, whatever their names. */
async function warnOfShared(
  calibration: readonly string[],
  judged: readonly string[],
  { warn }: JobHooks,
): Promise<void> {
  const known = new Set<string>();
  for (const path of calibration) known.add(await sha256(path));
  const shared: string[] = [];
  for (const path of judged) if (known.has(await sha256(path))) shared.push(path);
  if (shared.length > 0)
    warn?.(
      `warning: ${shared.length} of ${judged.length} images of --images are calibration images too (${shared[0]}). Judge on others: thresholds fit these best.`,
    );
}

function widthOf(bits: number): BitWidth {
  return bits === 8 || bits === 16
    ? bits
    : fail('usage', '--bits', `expected 8 and 16, or one of them, got ${bits}.`, 'Each stands for three equal widths.');
}
