import type { Graph } from '../graph/graph.js';
import { type ImageSource, imageCount } from '../images/index.js';
import { placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { keepingFiles, sha256, VERSION, writeFileAtomic } from '../platform/index.js';
import { sensitivityReport } from '../report/html/sensitivity-report.js';
import type { WidthProposal } from '../report/width-proposal.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { fittingOverlay } from '../scaling-file/fitting-overlay.js';
import { describeSteps, type Sensitivity, summariseSensitivity } from '../verification/sensitivity/sensitivity.js';
import { measuredImages, measureSensitivity } from '../verification/sensitivity/tasks.js';
import type { JobHooks } from './hooks.js';
import { originsOf } from './html-report.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { loadNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { INPUT_FLAGS, type InputFlags, listInputs, reportInputs } from './network-inputs.js';
import { checkOutputs } from './outputs.js';
import { expectMemory, plannedSensitivity } from './planned-memory.js';
import { QUANTIZE_FLAGS } from './quantize-flags.js';
import { fittingGraph, loadFitting } from './scaling-file.js';
import { hashImages, openState, type RunInputs } from './sensitivity-state.js';
import { expectProgressive, propose, TARGET_FLAGS, type TargetFlags, targetOf } from './sensitivity-target.js';
import { graphFor, openTaskPool, sourceFor, type ThreadOptions, threadsFor } from './worker-tasks.js';

/** The flags of `sensitivity`, spelled as on the command line. */
export interface SensitivityFlags extends NetworkFlags, InputFlags, TargetFlags {
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Path of a JSON file of measurements and result. A run that was interrupted goes on from it. Nothing is kept where absent. */
  readonly output?: string | undefined;
  /** Path of a report as one HTML file. */
  readonly report?: string | undefined;
  /** Number of threads; as many as there are cores where absent. */
  readonly threads?: number | undefined;
}

const SENSITIVITY_FLAGS: FlagTable<SensitivityFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  ...TARGET_FLAGS,
  scaling: true,
  overlay: true,
  output: true,
  report: true,
  threads: true,
};

/** Options of {@link entriesSensitivity}. */
export interface SensitivityOptions extends ThreadOptions {
  /** Detected from the entries where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Path of a file of measurements and result; nothing is kept where absent. */
  readonly output?: string | undefined;
  /** What the results depend on beside overlay, entries and images, for the file: plain data. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
}

/** The result of a sensitivity analysis. */
export interface SensitivityResult extends Sensitivity {
  /** The overlay that was emulated. */
  readonly overlay: OverlayName;
  /** The layers of 16 bits that a target takes, where one is given. */
  readonly proposal?: WidthProposal | undefined;
}

/**
 * Measures what each layer of a network with a scaling file costs at the network's outputs: with only this layer quantized,
 * and with only this layer in float32. Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 *
 * @function
 */
export const sensitivity = keepingFiles(sensitivityJob);

async function sensitivityJob(flags: SensitivityFlags, hooks: JobHooks = {}): Promise<SensitivityResult> {
  refuseUnknownFlags('sensitivity', flags, { ...QUANTIZE_FLAGS, ...SENSITIVITY_FLAGS });
  await checkOutputs({ '--output': flags.output, '--report': flags.report }, [
    flags.deploy_model,
    flags.weights,
    flags.scaling,
  ]);
  const target = await targetOf(flags);
  const { entries, overlay } = await loadFitting(flags.scaling, flags.overlay);
  const network = await loadNetwork(flags, hooks);
  if (target !== undefined) expectProgressive(flags, network);
  const { source } = await listInputs(flags, network, hooks);
  const graph = fittingGraph(network.graph, entries);
  await reportInputs(source, flags, network, hooks);
  const { output, threads } = flags;
  const planned = plannedSensitivity({ imported: network.graph, graph }, await threadsFor(flags, graph.nodes.length));
  await expectMemory(planned, 'Pass fewer --threads.');
  const inputs = await networkHashes(flags);
  const result = await entriesSensitivity(graph, entries, source, { overlay, output, threads, inputs }, hooks);
  if (flags.report !== undefined) await writeReportOf(flags.report, flags, result);
  if (target === undefined) return result;
  return { ...result, proposal: await propose(flags, target, { network, entries, source, result }, hooks) };
}

/**
 * {@link sensitivity} of entries on a graph as it was calibrated. Throws `data` for entries that do not fit the graph, `usage`
 * for a file of another run, and the errors of reading an image.
 */
export async function entriesSensitivity(
  graph: Graph,
  entries: readonly ScalingEntry[],
  source: ImageSource,
  options: SensitivityOptions,
  hooks: JobHooks = {},
): Promise<SensitivityResult> {
  const overlay = fittingOverlay(entries, options.overlay, 'entries');
  const placement = placementOf(graph, entriesByName(entries));
  const size = { images: imageCount(source), layers: describeSteps(placement).length };
  const state = await openState(options.output, await runInputs(options, overlay, entries, source), size);
  const total = size.images * size.layers;
  let done = state.images.reduce((sum, { layers }) => sum + layers.filter((layer) => layer !== null).length, 0);
  const pool = await openTaskPool(options, size.layers, hooks.signal);
  try {
    const opened = { graph: graphFor(pool, graph), entries, overlay, source: sourceFor(pool, source) };
    await measureSensitivity(pool, opened, state.images, () => {
      hooks.progress?.(++done, total, 'sensitivity');
      return state.keep();
    });
  } finally {
    await pool.close();
  }
  const result = { overlay, ...summariseSensitivity(placement, measuredImages(state.images)) };
  await state.finish(result);
  return result;
}

async function writeReportOf(path: string, flags: SensitivityFlags, result: SensitivityResult): Promise<void> {
  const { deploy_model, weights, scaling } = flags;
  const text = sensitivityReport({
    title: `Sensitivity on overlay ${result.overlay}`,
    subtitle: 'xfdnn sensitivity: what quantizing each layer costs at the outputs',
    version: VERSION,
    sensitivity: result,
    origins: await originsOf(flags, { deploy_model, weights, scaling }),
  });
  await writeFileAtomic(path, text);
}

/** The files and flags that make a network of `sensitivity`. */
async function networkHashes(flags: NetworkFlags): Promise<RunInputs> {
  const { framework, dims, input_layer, stage, output_layer, set, seed_weights, fake_quant, float_layers } = flags;
  return {
    '--deploy_model': flags.deploy_model === undefined ? null : await sha256(flags.deploy_model),
    '--weights': flags.weights === undefined ? null : await sha256(flags.weights),
    'network flag': { framework, dims, input_layer, stage, output_layer, set, seed_weights, fake_quant, float_layers },
  };
}

async function runInputs(
  { inputs, output }: SensitivityOptions,
  overlay: OverlayName,
  entries: readonly ScalingEntry[],
  source: ImageSource,
): Promise<RunInputs> {
  if (output === undefined) return {};
  const scaling = await sha256(new TextEncoder().encode(JSON.stringify(entries)));
  return { ...inputs, overlay, 'scaling file': scaling, 'set of images or preprocessing': await hashImages(source) };
}
