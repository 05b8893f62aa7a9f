import { type CaffeOptions, importCaffe, inspectCaffe } from '../caffe/index.js';
import { fail } from '../error.js';
import { withFloatLayers } from '../graph/float-layers.js';
import type { Graph } from '../graph/graph.js';
import type { Framework } from '../images/index.js';
import { listFiles, nextTurn, type OnBytes, readFile, readFileShared, stat } from '../platform/index.js';
import { firstOf } from '../report/words.js';
import { pauseFor } from '../runtime/pause.js';
import {
  type FakeQuantMode,
  importTensorFlow,
  inspectTensorFlow,
  type PlaceholderValues,
  type TensorFlowOptions,
} from '../tensorflow/index.js';
import { type OptionsOf, optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import type { FlagTable } from './known-flags.js';

/** The network of a job. Every command has these flags, spelled as on the command line. */
export interface NetworkFlags {
  /** Detected from the name and the content of the model file where absent. */
  readonly framework?: Framework | undefined;
  /** Path of a Caffe deploy prototxt or of a TensorFlow frozen graph. */
  readonly deploy_model?: string | undefined;
  /** Path of a caffemodel. */
  readonly weights?: string | undefined;
  /** C, H, W of the network's input; the model's own where absent. */
  readonly dims?: readonly number[] | undefined;
  /** Name of the layer that is fed; the network's input where absent. */
  readonly input_layer?: string | undefined;
  /** Stages of the network's state beside those of a prototxt, for its include and exclude rules. */
  readonly stage?: readonly string[] | undefined;
  /** Names of the layers that are wanted; the network's outputs where absent. */
  readonly output_layer?: readonly string[] | undefined;
  /** Values of TensorFlow placeholders other than the input, by name. */
  readonly set?: PlaceholderValues | undefined;
  /** Seed of random weights that stand in for a caffemodel. */
  readonly seed_weights?: number | undefined;
  /** Whether FakeQuant nodes of TensorFlow round (default) or vanish. */
  readonly fake_quant?: FakeQuantMode | undefined;
  /** Names of layers, with `*` and `?`, that run in float32 on the host though the overlay has them. */
  readonly float_layers?: readonly string[] | undefined;
}

/** The names of {@link NetworkFlags}. */
export const NETWORK_FLAGS: FlagTable<NetworkFlags> = {
  framework: true,
  deploy_model: true,
  weights: true,
  dims: 'list',
  input_layer: true,
  stage: 'list',
  output_layer: 'list',
  set: true,
  seed_weights: true,
  fake_quant: true,
  float_layers: 'list',
};

/** A network as a graph, before any optimisation. */
export interface Network {
  readonly graph: Graph;
  /** The framework that the model file is of. */
  readonly framework: Framework;
}

/** A network that was imported for its shapes and counts: unsupported layers are listed instead of refused. */
export interface InspectedNetwork extends Network {
  /** Layers that cannot be run, `"box" (PriorBox)`. They and the layers that depend on them are not in the graph. */
  readonly unsupported: readonly string[];
  /** Layers that serve training or measuring only. */
  readonly dropped: readonly string[];
  /** Unknown fields of the model file that were skipped, and nodes that may not be meant so, one line each. */
  readonly warnings: readonly string[];
}

/** The bytes of a model file with the framework that they are for. */
interface ModelFile {
  readonly framework: Framework;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The bytes of the caffemodel; undefined where there is none. */
  readonly weights: Uint8Array | undefined;
  readonly options: OptionsOf<NetworkFlags>;
}

/** What is heard of a network that is loaded, and what gives that up. */
type LoadHooks = Pick<JobHooks, 'signal' | 'load' | 'warn'>;

/**
 * Imports the network that the flags name. `hooks.warn` is called with each field of the model that was skipped unknown.
 * Throws `usage`, `file`, `format`, `model`, `unsupported`.
 */
export async function loadNetwork(flags: NetworkFlags, hooks: LoadHooks = {}): Promise<Network> {
  const network = importModel(await readModel(flags, hooks), hooks.warn);
  await settled(hooks);
  return network;
}

/** Hears what came while a thread was importing, and throws the reason of a signal that is aborted. */
async function settled({ signal }: LoadHooks): Promise<void> {
  if (signal === undefined) return;
  await nextTurn();
  signal.throwIfAborted();
}

/** A note where `--dims` is not the size that the model file states; undefined where they agree or it states none. */
export async function dimsNote(flags: NetworkFlags): Promise<string | undefined> {
  if (flags.dims === undefined || flags.dims.length !== 3) return undefined;
  const { dims, weights: _weights, ...others } = flags;
  try {
    const { graph } = await inspectNetwork(others);
    const { shape = [], layout } = graph.values[graph.inputs[0] ?? -1] ?? {};
    const [channels, height, width] = layout === 'NCHW' ? shape.slice(1) : [shape.at(-1), ...shape.slice(1, -1)];
    const own = [channels, height, width].join();
    return own === dims.join() ? undefined : `note: --dims ${dims.join()} is not the model's own size, ${own}.`;
  } catch {
    // A model without a size of its own needs --dims.
    return undefined;
  }
}

/** As {@link loadNetwork}, but weights are optional and unsupported layers are listed, not refused. */
export async function inspectNetwork(flags: NetworkFlags, hooks: LoadHooks = {}): Promise<InspectedNetwork> {
  const network = inspectModel(await readModel(flags, hooks));
  await settled(hooks);
  return network;
}

/**
 * Imports the network that the flags name with its weights, or its shapes only where the flags and the model file
 * hold no weights. Throws as {@link loadNetwork}.
 */
export async function describeNetwork(flags: NetworkFlags): Promise<{ graph: Graph; hasWeights: boolean }> {
  const model = await readModel(flags);
  const hasWeights =
    model.framework === 'tensorflow' || flags.weights !== undefined || flags.seed_weights !== undefined;
  const { graph } = hasWeights ? importModel(model) : inspectModel(model);
  return { graph, hasWeights };
}

/** Checks the flags without reading any file. Throws `usage` where they name no network, or its weights twice. */
export function checkNetworkFlags(flags: NetworkFlags): void {
  modelPath(flags);
  if (flags.weights !== undefined && flags.seed_weights !== undefined)
    fail(
      'usage',
      '--seed_weights',
      'expected --weights or a seed for random ones, got both.',
      'Leave one of them out.',
    );
}

function modelPath({ deploy_model: path }: NetworkFlags): string {
  return (
    path ??
    fail(
      'usage',
      '--deploy_model',
      'expected a network, got none.',
      'Pass the deploy prototxt or the frozen graph with --deploy_model.',
    )
  );
}

async function readModel(flags: NetworkFlags, hooks: LoadHooks = {}): Promise<ModelFile> {
  checkNetworkFlags(flags);
  const path = modelPath(flags);
  const hear = await bytesHeard(flags, hooks);
  const bytes = await readModelFile(path, hear?.(path));
  const framework = flags.framework ?? detectFramework(path, bytes, flags.weights !== undefined);
  if (framework === 'tensorflow' && flags.weights !== undefined) {
    fail(
      'usage',
      '--weights',
      'a frozen graph holds its own weights; expected no caffemodel.',
      'Leave --weights out, or pass --framework caffe.',
    );
  }
  if (framework === 'caffe' && flags.set !== undefined)
    fail('usage', '--set', 'expected a frozen graph beside it, got a Caffe network.', 'Leave --set out.');
  const weights = flags.weights === undefined ? undefined : await readFileShared(flags.weights, hear?.(flags.weights));
  return { framework, path, bytes, weights, options: optionsOf(flags) };
}

/** For each file of a network what is called as it is read; undefined where nobody listens and nothing gives it up. */
async function bytesHeard(
  { deploy_model: model, weights }: NetworkFlags,
  { load, signal }: LoadHooks,
): Promise<((path: string) => OnBytes) | undefined> {
  if (load === undefined && signal === undefined) return undefined;
  const sizes = [model, weights].map(async (path) => (path === undefined ? 0 : (await stat(path)).size));
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  const pause = pauseFor(signal);
  let before = 0;
  return (path) => async (done, size) => {
    load?.(before + done, total, path);
    if (done === size) before += size;
    await pause();
  };
}

/** The bytes of a model file. Throws `file`; a folder is named as a SavedModel if it is one. */
async function readModelFile(path: string, onBytes: OnBytes | undefined): Promise<Uint8Array> {
  if (
    (await stat(path)).kind === 'folder' &&
    (await listFiles(path)).some((name) => /^saved_model\.pb(txt)?$/.test(name))
  )
    fail(
      'file',
      path,
      'this is the folder of a SavedModel; expected a frozen GraphDef.',
      'Freeze it first (convert_variables_to_constants_v2 in TensorFlow 2, tools/freeze_graph.py --input_saved_model_dir in TensorFlow 1), or pass the frozen file.',
    );
  return readFile(path, onBytes);
}

/** The name's ending decides, else the content: a prototxt is text, a frozen graph is binary. */
function detectFramework(path: string, bytes: Uint8Array, hasWeights: boolean): Framework {
  if (/\.pb(txt)?$/i.test(path)) return 'tensorflow';
  if (/\.prototxt$/i.test(path) || hasWeights) return 'caffe';
  return bytes.subarray(0, 4096).some((byte) => byte < 9) ? 'tensorflow' : 'caffe';
}

function importModel(model: ModelFile, warn?: (line: string) => void): Network {
  const { framework, options } = model;
  if (framework === 'tensorflow') {
    const { graph, warnings } = importTensorFlow(tensorFlowOptions(model));
    for (const line of firstOf(warnings)) warn?.(`warning: ${model.path}: ${line}`);
    return { framework, graph: withFloatLayers(graph, options.floatLayers) };
  }
  if (options.weights === undefined && options.seedWeights === undefined) {
    fail(
      'usage',
      '--weights',
      'expected a caffemodel, got none.',
      'Pass it, or --seed_weights N to try the network on random weights.',
    );
  }
  const { graph, warnings } = importCaffe(caffeOptions(model));
  for (const line of firstOf(warnings)) warn?.(`warning: ${line}`);
  return { framework, graph: withFloatLayers(graph, options.floatLayers) };
}

function inspectModel(model: ModelFile): InspectedNetwork {
  const inspected = inspectFile(model);
  return { ...inspected, graph: withFloatLayers(inspected.graph, model.options.floatLayers) };
}

function inspectFile(model: ModelFile): InspectedNetwork {
  const { framework } = model;
  if (framework === 'tensorflow') return { framework, ...inspectTensorFlow(tensorFlowOptions(model)), dropped: [] };
  const options = caffeOptions(model);
  const shapesOnly = options.weights === undefined && options.seedWeights === undefined;
  return { framework, ...inspectCaffe({ ...options, shapesOnly }) };
}

function caffeOptions({ path, bytes, weights, options }: ModelFile): CaffeOptions {
  const { seedWeights, dims, inputLayer, outputLayer, stage } = options;
  return {
    prototxt: bytes,
    prototxtName: path,
    weights,
    weightsName: options.weights,
    consumeWeights: true,
    seedWeights,
    dims,
    inputLayer,
    stages: stage,
    outputLayers: outputLayer,
  };
}

function tensorFlowOptions({ path, bytes, options }: ModelFile): TensorFlowOptions {
  const { dims, inputLayer, outputLayer, set, fakeQuant } = options;
  return { bytes, fileName: path, dims, inputLayer, outputLayers: outputLayer, placeholders: set, fakeQuant };
}
