import { fail, required } from '../error.js';
import { type NpyWritable, writeNpy } from '../formats/npy.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount } from '../images/index.js';
import { joinPath, keepingFiles, writeFileAtomic } from '../platform/index.js';
import type { OverlayName } from '../scaling/index.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { blobFiles } from './blob-files.js';
import {
  CALIBRATION_FLAGS,
  type CalibrationFlags,
  calibrationFilesOf,
  fileSource,
  withMeanValues,
} from './calibration-flags.js';
import { type EmulatedNetwork, type Emulation, emulatedValues, openEmulation } from './emulate.js';
import { optionsOf } from './flags.js';
import { forward } from './forward.js';
import { usableImages } from './good-files.js';
import type { JobHooks } from './hooks.js';
import { plainPaths } from './input-files.js';
import { JoinedImages } from './joined-images.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { loadNetwork, NETWORK_FLAGS, type Network, type NetworkFlags } from './network.js';
import { INPUT_FLAGS, type InputFlags, networkInputs } from './network-inputs.js';
import { checkOutputs } from './outputs.js';
import { QUANTIZE_FLAGS } from './quantize-flags.js';
import { reportInput } from './report-input.js';
import { fittingGraph, loadFitting } from './scaling-file.js';

/** The flags of `run`, spelled as on the command line. The images are those of {@link InputFlags}, or a sample that {@link CalibrationFlags} draw. */
export interface RunFlags extends NetworkFlags, InputFlags, CalibrationFlags {
  /** Names of layers or blobs, or `all`; the network's outputs where absent. */
  readonly blobs?: readonly string[] | undefined;
  /** Folder of the `.npy` files that are written. */
  readonly output_dir?: string | undefined;
  /** Path of a scaling file: the network runs on the emulated overlay, and codes are written where the overlay holds codes. */
  readonly scaling?: string | undefined;
  /** Detected from the scaling file where absent. */
  readonly overlay?: OverlayName | undefined;
}

const RUN_FLAGS: FlagTable<RunFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  ...CALIBRATION_FLAGS,
  blobs: 'list',
  output_dir: true,
  scaling: true,
  overlay: true,
};

/** A `.npy` file that `run` wrote: one blob of all images, joined along the first axis. */
export interface BlobFile {
  /** The layer or blob, as it was asked for. */
  readonly name: string;
  /** Path of the file. */
  readonly path: string;
  /** Shape of the array, images along the first axis. */
  readonly shape: readonly number[];
}

/** The files that `run` wrote. */
export interface RunResult {
  /** In the order of the wanted names. */
  readonly files: readonly BlobFile[];
}

/**
 * Runs a network in float32 on a `.npy` input or on images and writes one `.npy` per blob; images follow one another
 * along the first axis. No wanted blob is folded or fused away. With a scaling file the network runs on the emulated
 * overlay and the files hold int8 or int16 codes (float32 where the host computes).
 * Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 *
 * @function
 */
export const run = keepingFiles(runJob);

async function runJob(flags: RunFlags, hooks: JobHooks = {}): Promise<RunResult> {
  refuseUnknownFlags('run', flags, { ...QUANTIZE_FLAGS, ...RUN_FLAGS });
  const folder = flags.output_dir ?? fail('usage', '--output_dir', 'expected a folder for the blobs, got none.');
  checkImageFlags(flags);
  const network = await loadNetwork(flags, hooks);
  const emulated = flags.scaling === undefined ? undefined : await emulatedNetwork(network.graph, flags.scaling, flags);
  const wanted = selectBlobs(network.graph, flags.blobs, emulated);
  const paths = await pathsOf(network.graph, [...wanted.keys()], folder);
  const outputs = new Map([...paths].map(([name, path]) => [`"${name}"`, path]));
  await checkOutputs(outputs, await inputPaths(flags));
  const ids = [...wanted.values()];
  const emulation = emulated === undefined ? undefined : openEmulation(emulated, ids);
  const source = await runImages(flags, network, hooks);
  await checkOutputs(outputs, pathsOfSource(source));
  const blobs =
    emulation === undefined
      ? await forward(network.graph, ids, source, hooks)
      : await emulatedBlobs(emulation, ids, source, hooks);
  const files: BlobFile[] = [];
  for (const [name, id] of wanted) {
    const path = required(paths.get(name), name, 'the path of its file');
    const { shape, data } = blobs.get(id) ?? fail('internal', name, 'expected a value of the run, got none.');
    await writeFileAtomic(path, writeNpy({ shape, data: data as NpyWritable }));
    files.push({ name, path, shape });
  }
  return { files };
}

/** The path of each wanted blob. A blob has one file name, whichever others are wanted. */
async function pathsOf(graph: Graph, wanted: readonly string[], folder: string): Promise<Map<string, string>> {
  const files = await blobFiles(new Set([...Object.keys(graph.names), ...wanted]));
  return new Map(wanted.map((name) => [name, joinPath(folder, required(files.get(name), name, 'a file name'))]));
}

/** The files that the flags of a run name. */
export async function inputPaths(
  flags: Pick<RunFlags, 'deploy_model' | 'weights' | 'scaling' | 'mean_value' | 'input'>,
): Promise<(string | undefined)[]> {
  const { deploy_model, weights, scaling, mean_value, input } = flags;
  const means = typeof mean_value === 'string' ? mean_value : undefined;
  return [deploy_model, weights, scaling, means, ...(await plainPaths(input ?? []))];
}

/** The images of a source that are files. */
export function pathsOfSource(source: ImageSource): readonly string[] {
  if ('inputs' in source) return source.inputs.flatMap(pathsOfSource);
  return 'paths' in source ? source.paths : [];
}

async function emulatedNetwork(graph: Graph, scaling: string, { overlay }: RunFlags): Promise<EmulatedNetwork> {
  const fitting = await loadFitting(scaling, overlay);
  return { graph, calibrated: fittingGraph(graph, fitting.entries), ...fitting };
}

/** The wanted blobs; on the overlay `all` means all that it computes. */
function selectBlobs(
  graph: Graph,
  names: readonly string[] | undefined,
  emulated: EmulatedNetwork | undefined,
): Map<string, ValueId> {
  const named = wantedBlobs(graph, names);
  if (emulated === undefined || !isAll(graph, names)) return named;
  const isComputed = emulatedValues(emulated);
  return new Map([...named].filter(([, id]) => isComputed(id)));
}

/** The values of the wanted names; the network's outputs where no name is given. Throws `usage` for a name that the network does not have. */
function wantedBlobs(graph: Graph, names: readonly string[] | undefined): Map<string, ValueId> {
  if (names === undefined) return new Map(graph.outputs.map((id) => [nameOf(graph, id), id]));
  if (isAll(graph, names))
    return new Map(
      Object.entries(graph.names).filter(
        ([name, id]) => graph.names[name.replace(/:0$/, '')] !== id || !name.endsWith(':0'),
      ),
    );
  return new Map(names.map((name) => [name, valueNamed(graph, name) ?? unknownBlob(graph, name)]));
}

/** The value of a name; undefined for names that the network does not have, such as those that every object has. */
function valueNamed({ names }: Graph, name: string): ValueId | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

const isAll = (graph: Graph, names: readonly string[] | undefined): boolean =>
  names?.length === 1 && names[0] === 'all' && valueNamed(graph, 'all') === undefined;

function unknownBlob(graph: Graph, name: string): never {
  const known = Object.keys(graph.names);
  const shown = known
    .slice(0, 8)
    .map((other) => `"${other}"`)
    .join(', ');
  return fail(
    'usage',
    '--blobs',
    `the network has no layer or blob named "${name}".`,
    `It has ${shown}${known.length > 8 ? ` and ${known.length - 8} more; xfdnn inspect lists them` : ''}.`,
  );
}

/** The name of a value on the command line: the layer that writes it where its name means this value, else the blob. */
export function nameOf(graph: Graph, id: ValueId): string {
  const writer = graph.nodes.find((node) => node.outputs.includes(id));
  if (writer !== undefined && graph.names[writer.name] === id) return writer.name;
  return graph.values[id]?.blob ?? fail('internal', graph.name, `expected a value ${id}, got none.`);
}

/** Throws `usage` unless the flags name images in one way. */
function checkImageFlags({ input, images, calibration_directory: directory }: RunFlags): void {
  const given = [input, images, directory].filter((flag) => flag !== undefined).length;
  if (given !== 1)
    fail(
      'usage',
      '--images',
      `expected one of --images, --input and --calibration_directory, got ${given === 0 ? 'none' : given}.`,
      "Pass a folder of images with --images, or the network's input with --input file.npy.",
    );
}

/** The images that the flags name: a folder or a `.npy` input, or files that are drawn from the calibration folder. */
async function runImages(flags: RunFlags, network: Network, hooks: JobHooks): Promise<ImageSource> {
  if (flags.calibration_directory === undefined) return (await networkInputs(flags, network, hooks)).source;
  const folders = { flag: '--calibration_directory', folders: flags.calibration_directory };
  const options = optionsOf(await withMeanValues(flags));
  const chosen = await calibrationFilesOf(flags, hooks);
  const [folder = ''] = await plainPaths(flags.calibration_directory);
  const { source } = await usableImages(
    chosen,
    (files) => fileSource(folders, options, network, files),
    { skip: flags.skip_bad_images, place: folder },
    hooks,
  );
  await reportInput(source, flags, network, hooks);
  return source;
}

/** Each wanted value on the emulated overlay, of all images, joined along the first axis. */
async function emulatedBlobs(
  emulate: Emulation,
  wanted: readonly ValueId[],
  source: ImageSource,
  hooks: JobHooks,
): Promise<Map<ValueId, Tensor<TypedArray>>> {
  const joined = new Map(wanted.map((id) => [id, new JoinedImages(imageCount(source))]));
  await emulate(source, (_image, id, { tensor }) => joined.get(id)?.add(tensor), hooks);
  return new Map([...joined].map(([id, { tensor }]) => [id, tensor]));
}
