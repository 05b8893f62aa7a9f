import { type CaffeOptions, importCaffe, inspectCaffe } from '../caffe/index.js';
import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { readFile, readFileShared } from '../platform/index.js';
import { inspectTensorFlow, loadTensorFlow, type TensorFlowOptions } from '../tensorflow/index.js';

export type Framework = 'caffe' | 'tensorflow';

/** Which network: the flags every command has in common, spelled as on the command line. */
export interface NetworkFlags {
  readonly framework?: Framework | undefined;
  readonly deploy_model?: string | undefined;
  readonly weights?: string | undefined;
  /** C, H, W of the network's input. */
  readonly dims?: readonly number[] | undefined;
  readonly input_layer?: string | undefined;
  readonly output_layer?: readonly string[] | undefined;
  /** Fill the weights from this seed instead of a caffemodel. */
  readonly seed_weights?: number | undefined;
  readonly fake_quant?: 'use' | 'ignore' | undefined;
}

/** A network as a graph, before any optimisation. */
export interface Network {
  readonly graph: Graph;
  readonly framework: Framework;
}

/** A network that is only looked at: also what of it cannot be run, and what was left out. */
export interface InspectedNetwork extends Network {
  readonly unsupported: readonly string[];
  readonly dropped: readonly string[];
  readonly warnings: readonly string[];
}

const MODEL_MISSING = 'Pass the deploy prototxt or the frozen graph with --deploy_model.';

/** Reads the files the flags name and imports the network. `warn` hears of fields that were skipped unknown. Errors: `usage`, `file`, `format`, `model`, `unsupported`. */
export async function loadNetwork(flags: NetworkFlags, warn?: (line: string) => void): Promise<Network> {
  const { framework, bytes } = await openModel(flags);
  if (framework === 'tensorflow') return { framework, graph: loadTensorFlow(tensorFlowOptions(flags, bytes)) };
  if (flags.weights === undefined && flags.seed_weights === undefined) {
    fail(
      'usage',
      '--weights',
      'expected a caffemodel, got none.',
      'Pass it, or --seed_weights N to try the network on random weights.',
    );
  }
  const { graph, warnings } = importCaffe(await caffeOptions(flags, bytes));
  warnings.forEach((line) => warn?.(`warning: ${line}`));
  return { framework, graph };
}

/** As {@link loadNetwork}, but weights are optional and unsupported layers are listed, not refused. */
export async function inspectNetwork(flags: NetworkFlags): Promise<InspectedNetwork> {
  const { framework, bytes } = await openModel(flags);
  if (framework === 'tensorflow')
    return { framework, ...inspectTensorFlow(tensorFlowOptions(flags, bytes)), dropped: [], warnings: [] };
  const options = await caffeOptions(flags, bytes);
  const shapesOnly = options.weights === undefined && options.seedWeights === undefined;
  return { framework, ...inspectCaffe({ ...options, shapesOnly }) };
}

/** Throws `usage` for flags that name no network, or its weights twice, whatever the files hold. */
export function checkNetworkFlags(flags: NetworkFlags): void {
  if (flags.deploy_model === undefined) fail('usage', '--deploy_model', 'expected a network, got none.', MODEL_MISSING);
  if (flags.weights !== undefined && flags.seed_weights !== undefined)
    fail(
      'usage',
      '--seed_weights',
      'expected --weights or a seed for random ones, got both.',
      'Leave one of them out.',
    );
}

async function openModel(flags: NetworkFlags): Promise<{ framework: Framework; bytes: Uint8Array }> {
  checkNetworkFlags(flags);
  const path = flags.deploy_model!;
  const bytes = await readFile(path);
  const framework = flags.framework ?? detectFramework(path, bytes, flags.weights !== undefined);
  if (framework === 'tensorflow' && flags.weights !== undefined) {
    fail(
      'usage',
      '--weights',
      'a frozen graph holds its own weights; expected no caffemodel.',
      'Leave --weights out, or pass --framework caffe.',
    );
  }
  return { framework, bytes };
}

/** By ending, else by content: a prototxt is text, a frozen graph is binary. */
function detectFramework(path: string, bytes: Uint8Array, hasWeights: boolean): Framework {
  if (/\.pb(txt)?$/i.test(path)) return 'tensorflow';
  if (/\.prototxt$/i.test(path) || hasWeights) return 'caffe';
  return bytes.subarray(0, 4096).some((byte) => byte < 9) ? 'tensorflow' : 'caffe';
}

async function caffeOptions(flags: NetworkFlags, prototxt: Uint8Array): Promise<CaffeOptions> {
  return {
    prototxt,
    prototxtName: flags.deploy_model,
    weights: flags.weights === undefined ? undefined : await readFileShared(flags.weights),
    weightsName: flags.weights,
    consumeWeights: true,
    seedWeights: flags.seed_weights,
    dims: flags.dims,
    inputLayer: flags.input_layer,
    outputs: flags.output_layer,
  };
}

function tensorFlowOptions(flags: NetworkFlags, bytes: Uint8Array): TensorFlowOptions {
  return {
    bytes,
    fileName: flags.deploy_model!,
    ...(flags.dims !== undefined && { dims: flags.dims }),
    ...(flags.input_layer !== undefined && { inputLayer: flags.input_layer }),
    ...(flags.output_layer !== undefined && { outputLayers: flags.output_layer }),
    ...(flags.fake_quant !== undefined && { fakeQuant: flags.fake_quant }),
  };
}
