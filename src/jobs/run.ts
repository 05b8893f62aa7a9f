import { fail } from '../error.js';
import { type NpyWritable, writeNpy } from '../formats/npy.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { loadCalibrationImage } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { dropIdentities, dropUnused, originals } from '../optimise/index.js';
import { joinPath, writeFileAtomic } from '../platform/index.js';
import { Runner } from '../runtime/runner.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import type { Tensor, TypedArray } from '../tensor.js';
import {
  type CalibrationFlags,
  calibrationFilesOf,
  type PreprocessingFlags,
  preprocessingOf,
} from './calibration-flags.js';
import { emulate, emulatedValues } from './emulate.js';
import { loadNetwork, type Network, type NetworkFlags } from './network.js';
import { splitInput } from './network-inputs.js';
import type { JobHooks } from './quantize.js';
import { loadScaling } from './scaling-file.js';

/** The flags of `run`, spelled as on the command line. */
export interface RunOptions extends NetworkFlags, PreprocessingFlags, CalibrationFlags {
  /** A `.npy` of the network's input, batch axis first; any number of images. */
  readonly input?: string | undefined;
  /** Layer or top names, or `all`; the network's outputs if absent. */
  readonly blobs?: readonly string[] | undefined;
  readonly output_dir?: string | undefined;
  /** A scaling file: run on the emulated overlay, and write codes where the overlay holds codes. */
  readonly scaling?: string | undefined;
  /** Detected from the scaling file where absent. */
  readonly overlay?: OverlayName | undefined;
}

/** What `run` wrote: one line per blob. */
export interface RunResult {
  readonly files: readonly { readonly name: string; readonly path: string; readonly shape: readonly number[] }[];
}

/**
 * Runs a network in float32 on a `.npy` input or on images and writes one `.npy` per blob; images follow one
 * another along the first axis. Nothing that is asked for is folded or fused away. With a scaling file it runs on the
 * emulated overlay instead and writes int8 or int16 codes (float32 where the host computes).
 */
export async function run(options: RunOptions, hooks: JobHooks = {}): Promise<RunResult> {
  const folder = options.output_dir ?? fail('usage', '--output_dir', 'expected a folder for the blobs, got none.');
  const network = await loadNetwork(options, hooks.warn);
  const entries = options.scaling === undefined ? undefined : await loadScaling(options.scaling);
  const named = wantedBlobs(network.graph, options.blobs);
  const wanted =
    entries !== undefined && isAll(network.graph, options.blobs) ? onlyEmulated(network.graph, entries, named) : named;
  const inputs = await readInputs(options, network);
  const ids = [...wanted.values()];
  const blobs =
    entries === undefined
      ? await forward(network.graph, ids, inputs, hooks)
      : await codes(network.graph, ids, entries, options.overlay, inputs, hooks);
  const files = [...wanted].map(([name, id]) => ({
    name,
    path: joinPath(folder, `${name.replaceAll('/', '__')}.npy`),
    ...blobs.get(id)!,
  }));
  for (const { path, shape, data } of files)
    await writeFileAtomic(path, writeNpy({ shape, data: data as NpyWritable }));
  return { files: files.map(({ name, path, shape }) => ({ name, path, shape })) };
}

/** Names asked for, and the values they mean. Throws `usage` for a name the network does not have. */
export function wantedBlobs(graph: Graph, names: readonly string[] | undefined): Map<string, ValueId> {
  if (names === undefined) return new Map(graph.outputs.map((id) => [nameOf(graph, id), id]));
  if (isAll(graph, names))
    return new Map(
      Object.entries(graph.names).filter(
        ([name, id]) => graph.names[name.replace(/:0$/, '')] !== id || !name.endsWith(':0'),
      ),
    );
  return new Map(names.map((name) => [name, graph.names[name] ?? unknownBlob(graph, name)]));
}

const isAll = (graph: Graph, names: readonly string[] | undefined): boolean =>
  names?.length === 1 && names[0] === 'all' && graph.names['all'] === undefined;

function onlyEmulated(
  graph: Graph,
  entries: readonly ScalingEntry[],
  wanted: ReadonlyMap<string, ValueId>,
): Map<string, ValueId> {
  const isComputed = emulatedValues(graph, entries);
  return new Map([...wanted].filter(([, id]) => isComputed(id)));
}

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

/** The name a value goes by: its layer's, else its blob's. */
export function nameOf(graph: Graph, id: ValueId): string {
  const writer = graph.nodes.find((node) => node.outputs.includes(id));
  return writer !== undefined && graph.names[writer.name] === id ? writer.name : graph.values[id]!.blob;
}

/** One array per image, of the network input's shape. */
async function readInputs(
  options: RunOptions,
  { graph, framework }: Network,
): Promise<(() => Promise<Float32Array>)[]> {
  if (options.input !== undefined) return (await splitInput(options.input, graph)).map((data) => async () => data);
  if (options.calibration_directory === undefined)
    fail('usage', '--input', 'expected a .npy input or --calibration_directory, got neither.');
  const preprocessing = preprocessingOf(options, graph, framework);
  const { paths } = await calibrationFilesOf(options);
  return paths.map((path) => async () => (await loadCalibrationImage(path, preprocessing)).data);
}

/** Float32 forward passes; each wanted value of all images, joined along the first axis. */
export async function forward(
  graph: Graph,
  wanted: readonly ValueId[],
  inputs: readonly (() => Promise<Float32Array>)[],
  hooks: JobHooks = {},
): Promise<Map<ValueId, Tensor>> {
  const pruned = dropIdentities(dropUnused({ ...graph, outputs: [...new Set(wanted)] }));
  const runner = new Runner(await createEngine(), pruned);
  const parts: Map<ValueId, Tensor>[] = [];
  for (const [index, input] of inputs.entries()) {
    hooks.progress?.(index, inputs.length, 'forward');
    parts.push(runner.run([await input()]));
  }
  const resolved = originals(graph, wanted);
  return new Map(wanted.map((id, i) => [id, join(parts.map((part) => part.get(resolved[i]!)!))]));
}

/** Each wanted value on the emulated overlay, of all images. */
async function codes(
  graph: Graph,
  wanted: readonly ValueId[],
  entries: readonly ScalingEntry[],
  overlay: OverlayName | undefined,
  inputs: readonly (() => Promise<Float32Array>)[],
  hooks: JobHooks,
): Promise<Map<ValueId, Tensor<TypedArray>>> {
  const parts = new Map(wanted.map((id) => [id, [] as Tensor<TypedArray>[]]));
  await emulate(
    graph,
    wanted,
    entries,
    overlay ?? detectOverlay(entries),
    inputs,
    (_image, id, value) => parts.get(id)!.push(value.tensor),
    hooks,
  );
  return new Map(wanted.map((id) => [id, join(parts.get(id)!)]));
}

function join<T extends TypedArray>(parts: readonly Tensor<T>[]): Tensor<T> {
  const [first] = parts as [Tensor<T>];
  if (parts.length === 1) return first;
  const data = new (first.data.constructor as new (length: number) => T)(first.data.length * parts.length);
  parts.forEach((part, index) => data.set(part.data, index * first.data.length));
  return { shape: [(first.shape[0] ?? 1) * parts.length, ...first.shape.slice(1)], data };
}
