import { fail } from '../error.js';
import { type Preprocessing, pathOfImage } from '../images/index.js';
import { sha256 } from '../platform/index.js';
import { type CalibrationFlags, calibrationFilesOf } from './calibration-flags.js';
import { BY_CHANNEL } from './manifest.js';
import { type Manifest, type RecordedFile, readManifest } from './read-manifest.js';
import { VALUE_FLAGS, valueFlags } from './shown-preprocessing.js';

/** Choices whose defaults may become others, so that a recorded run states them. */
const CHOICES = ['walk', 'calibrator', 'multipliers', 'overlay', 'bitwidths'] as const;
/** Flags that the default of `multipliers` follows from. */
const DECIDE_MULTIPLIERS = ['overlay', 'calibrator', 'bitwidths', 'power_of_two'] as const;
/** Flags that write files beside the scaling file. */
const WRITTEN = ['manifest', 'report'] as const;
/** Flags that choose a sample. */
const SAMPLE = [
  'calibration_directory',
  'calibration_size',
  'calibration_seed',
  'calibration_indices',
  'calibration_sampler',
] as const;
/** Flags that only `quantize` takes from a manifest. */
const LEFT_TO_QUANTIZE = ['threads', 'memory'] as const;

/** Flags of `quantize` that a command on the same network has under another meaning. */
const OF_QUANTIZE = ['output_json', 'multipliers'] as const;

/**
 * The flags of a recorded run: for `quantize` those that repeat it, for other commands those of its network and
 * preprocessing, with its scaling file, and where they calibrate (`advise`, `sensitivity` with a target) with its sample.
 * `given`: the names of flags that are given beside the manifest; defaults that followed from others are left open then.
 * Throws `file`, `format`, and `data`, naming the file, where a file that the run read (for other commands than `quantize`:
 * model, weights and, but for `advise`, scaling file) is another now; a file or folder whose flag is given is not looked at. `expectKinds` throws for flags of wrong kinds, before any is
 * used.
 */
export async function manifestFlags(
  path: string,
  command: string,
  expectKinds: (flags: Readonly<Record<string, unknown>>) => void,
  given: ReadonlySet<string> = new Set(),
): Promise<Record<string, unknown>> {
  const manifest = await readManifest(path);
  const { model, weights, output, images } = manifest;
  for (const flags of [manifest.flags, manifest.resolved]) expectKinds(flags);
  const flags = Object.fromEntries(
    Object.entries({ ...manifest.flags, ...preprocessingFlags(manifest) }).filter(
      ([key]) => !(WRITTEN as readonly string[]).includes(key),
    ),
  );
  const files = { deploy_model: model, weights };
  for (const [flag, file] of Object.entries(files)) if (!given.has(flag)) await expectSame(file, path);
  if (command === 'quantize') return repeated(manifest, flags, { path, given });
  if (command !== 'advise' && !given.has('scaling')) await expectSame(output, path);
  const found = { manifest: path, ...(images.length > 0 && output !== null && { scaling: output.file }) };
  const all = { ...flags, ...sampleFlags(manifest, command, given), ...found, overlay: manifest.resolved['overlay'] };
  const left = new Set<string>([...LEFT_TO_QUANTIZE, ...(command === 'advise' ? OF_QUANTIZE : [])]);
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => !left.has(key) && value !== undefined));
}

/** The sample and the choices of a calibration for a command that calibrates anew; without them for one that does not. */
function sampleFlags(
  { flags, resolved, calibration_seed: seed }: Manifest,
  command: string,
  given: ReadonlySet<string>,
): Record<string, unknown> {
  const isCalibrating = command === 'advise' || (command === 'sensitivity' && given.has('target_agreement'));
  if (!isCalibrating) return Object.fromEntries(SAMPLE.map((key) => [key, undefined]));
  const isNatural = flags['power_of_two'] === true || resolved['multipliers'] === BY_CHANNEL;
  return {
    ...(seed !== null && flags['calibration_indices'] === undefined && { calibration_seed: seed }),
    calibrator: resolved['calibrator'],
    ...(!isNatural && { multipliers: resolved['multipliers'] }),
  };
}

/** What a manifest says of a calibration: the preprocessing (of several inputs the first one's) and the calibrator. */
export interface RecordedCalibration {
  readonly preprocessing?: Preprocessing;
  readonly calibrator?: string;
}

/** The calibration of a manifest. Throws `file`, `format`. */
export async function recordedCalibration(path: string): Promise<RecordedCalibration> {
  return (await readManifest(path)).resolved;
}

/**
 * The values that the run took for an image of a TensorFlow graph where its flags gave none: another version may read others
 * from the graph.
 */
function preprocessingFlags({ flags, resolved, images }: Manifest): Record<string, unknown> {
  const { framework, preprocessing } = resolved as { framework?: string; preprocessing?: Preprocessing };
  const isGiven = VALUE_FLAGS.some((flag) => flag in flags);
  const isOne = images.every(({ input }) => input === undefined);
  const isShown = framework === 'tensorflow' && preprocessing?.kind === 'image' && !isGiven && isOne;
  return isShown ? valueFlags(preprocessing) : {};
}

/** The flags that repeat a calibration on the same images. */
async function repeated(
  { resolved, calibration_seed: seed, images }: Manifest,
  flags: Readonly<Record<string, unknown>>,
  { path, given }: { readonly path: string; readonly given: ReadonlySet<string> },
): Promise<Record<string, unknown>> {
  const isGiven = (key: string): boolean => resolved[key] !== undefined;
  const isFixed = flags['power_of_two'] === true || resolved['multipliers'] === BY_CHANNEL;
  const excluded = new Set<string>([
    ...(isFixed || DECIDE_MULTIPLIERS.some((key) => given.has(key)) ? ['multipliers'] : []),
    ...(given.has('calibrator') ? ['walk'] : []),
  ]);
  const choices = CHOICES.filter((key) => isGiven(key) && !excluded.has(key)).map((key) => [key, resolved[key]]);
  const all = { ...Object.fromEntries(choices), ...flags, ...(seed === null ? {} : { calibration_seed: seed }) };
  if (given.has('calibration_directory')) return all;
  const sample = all as CalibrationFlags;
  const chosen = await calibrationFilesOf(
    sample.calibration_indices === undefined ? sample : { ...sample, calibration_seed: undefined },
  );
  const paths = new Map(chosen.names.map((name, i) => [name, chosen.paths[i] ?? name]));
  for (const { input, file, sha256: hash } of images) {
    const found = paths.has(file) ? (pathOfInput(sample, input, file) ?? paths.get(file)) : undefined;
    if (found === undefined)
      fail(
        'data',
        file,
        `expected it among the images that the flags of ${path} choose, got others.`,
        'The folder has other files than at the recorded run: restore it, or run without --from.',
      );
    await expectSame({ file: found, sha256: hash }, path);
  }
  return all;
}

/** The path of an image of a named input; undefined where the input has no folder of its own. */
function pathOfInput(
  { calibration_directory: folders = [] }: CalibrationFlags,
  input: string | undefined,
  file: string,
): string | undefined {
  const word = [folders].flat().find((each) => each.startsWith(`${input}=`));
  return input === undefined || word === undefined ? undefined : pathOfImage(word.slice(input.length + 1), file);
}

async function expectSame(recorded: RecordedFile | null, manifest: string): Promise<void> {
  if (recorded === null) return;
  const hash = await sha256(recorded.file);
  if (hash !== recorded.sha256)
    fail(
      'data',
      recorded.file,
      `expected SHA-256 ${recorded.sha256}, as ${manifest} records, got ${hash}.`,
      'The file has changed since the recorded run. Restore it, or run without --from.',
    );
}
