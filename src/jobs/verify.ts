import { fail } from '../error.js';
import { detachWeights } from '../graph/detach-weights.js';
import { withFloatLayers } from '../graph/float-layers.js';
import type { Graph } from '../graph/graph.js';
import { type ImageSource, imageCount } from '../images/index.js';
import { keepingFiles, writeFileAtomic } from '../platform/index.js';
import { expectScores, missedGates, type VerificationGates, wrongFile } from '../report/missed-gates.js';
import { nextCommands } from '../report/next-commands.js';
import { oneClassText } from '../report/one-class.js';
import { otherInputText } from '../report/verdict.js';
import { hurtsMost } from '../report/verification-sentences.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import type { Fault } from '../scaling-file/fault.js';
import { fittingOverlay } from '../scaling-file/fitting-overlay.js';
import { averagePoolingFaults } from '../verification/pooling-error.js';
import { isVector } from '../verification/ranked-outputs.js';
import { otherInput } from '../verification/verdict/causes.js';
import { type Measured, measuredLayers } from '../verification/verdict/measured.js';
import type { KnownChoices } from '../verification/verdict/next-flags.js';
import { judge, type Verdict } from '../verification/verdict/verdict.js';
import type { Verification } from '../verification/verification.js';
import { preprocessingWords } from './compare-preprocessing.js';
import { optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import { originsOf, reportText } from './html-report.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { classCount, readLabels } from './labels.js';
import { recordedCalibration } from './manifest-flags.js';
import { measureImages } from './measure-images.js';
import { checkNetworkFlags, loadNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { INPUT_FLAGS, type InputFlags, listInputs, type NamedImages, reportInputs } from './network-inputs.js';
import { runsAfterVerify } from './next-runs.js';
import { checkOutputs } from './outputs.js';
import { expectMemory, type HeldNetworks, plannedRun, weightBytes } from './planned-memory.js';
import { QUANTIZE_FLAGS } from './quantize-flags.js';
import { fittingGraph, loadFitting } from './scaling-file.js';
import { graphFor, openTaskPool, sourceFor, type ThreadOptions, threadsFor } from './worker-tasks.js';

/** Limits that make a verification a gate, spelled as on the command line: {@link VerificationGates} as flags. */
export interface GateFlags {
  /** Smallest signal-to-quantization-noise ratio, in dB, of every layer as deployed. */
  readonly min_sqnr?: number | undefined;
  /** Smallest share of images whose best class is that of the float network; 0 to 1. */
  readonly min_agreement?: number | undefined;
  /** Largest drop of the share of images that are classified as labelled, against the float network; 0 to 1. */
  readonly max_accuracy_drop?: number | undefined;
  /** The float network's known share of images that are classified as labelled; one far below it misses the gate; 0 to 1. */
  readonly expect_accuracy?: number | undefined;
}

/** The flags of `verify`, spelled as on the command line. */
export interface VerifyFlags extends NetworkFlags, InputFlags, GateFlags {
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Path of a text file with lines of `file class`. */
  readonly labels?: string | undefined;
  /** Path of a report as one HTML file. */
  readonly report?: string | undefined;
  /** Number of threads; as many as there are cores where absent. */
  readonly threads?: number | undefined;
}

const VERIFY_FLAGS: FlagTable<VerifyFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  min_sqnr: true,
  min_agreement: true,
  max_accuracy_drop: true,
  expect_accuracy: true,
  scaling: true,
  overlay: true,
  labels: true,
  report: true,
  threads: true,
};

/** Options of {@link verifyEntries}. */
export interface VerifyOptions extends VerificationGates, ThreadOptions {
  /** Detected from the entries where absent. */
  readonly overlay?: OverlayName | undefined;
  /** The class of each image, from 0. */
  readonly labels?: readonly number[] | undefined;
  /** The layers that run in float32 on the host, as the entries were calibrated with. */
  readonly floatLayers?: readonly string[] | undefined;
  /** The calibrator that found the thresholds, where it is known: the verdict's advice depends on it. */
  readonly calibrator?: string | undefined;
}

/** Errors per channel are kept of so many images: enough to tell a channel that is wrong from one that is silent. */
const CHANNEL_IMAGES = 8;

/** The result of a verification. */
export interface VerifyResult extends Verification {
  /** How good the result is, where it falls, why, and what to try. */
  readonly verdict: Verdict;
  /** One sentence that names the layer that hurts most. */
  readonly hurtsMost: string;
  /** The overlay that was emulated. */
  readonly overlay: OverlayName;
  /** The findings of `check` about the file and the network, and the errors of average pooling on the overlay. */
  readonly faults: readonly Fault[];
  /** One sentence for each gate that was missed. */
  readonly missed: readonly string[];
}

/**
 * Runs a network with a scaling file on the emulated overlay and in float32, and measures how far they are apart, layer
 * by layer. Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 *
 * @function
 */
export const verify = keepingFiles(verifyJob);

async function verifyJob(flags: VerifyFlags, hooks: JobHooks = {}): Promise<VerifyResult> {
  checkVerifyFlags(flags);
  await checkOutputs({ '--report': flags.report }, [flags.deploy_model, flags.weights, flags.scaling, flags.labels]);
  const { graph, weightsRead, entries, overlay, source, names, labels } = await readInputs(flags, hooks);
  const recorded = flags.manifest === undefined ? {} : await recordedCalibration(flags.manifest);
  // The network's layers of the host are known from its import.
  const known = {
    runs: runsAfterVerify(flags),
    preprocessing: preprocessingWords(source),
    calibrator: recorded.calibrator,
  };
  const options = { ...known, ...optionsOf(flags), overlay, labels, floatLayers: undefined };
  const threads = await threadsFor(options, imageCount(source));
  await expectMemory(plannedRun({ graph, weightsRead }, { threads, arithmetic: 'both' }), 'Pass fewer --threads.');
  const { result, measured } = await measureEntries(graph, entries, source, options, hooks);
  if (flags.report !== undefined) {
    const { deploy_model, weights, scaling } = flags;
    const origins = await originsOf(flags, { deploy_model, weights, scaling });
    const { verdict } = result;
    const commands = nextCommands(verdict, runsAfterVerify(flags));
    const text = await reportText({ command: 'verify', measured, verdict, commands, source, names, origins });
    hooks.signal?.throwIfAborted();
    await writeFileAtomic(flags.report, text);
  }
  return result;
}

/** What a verification reads: the network as it was calibrated, and nothing of it as it was imported, which may be collected. */
interface VerifyInputs extends NamedImages, Required<Omit<HeldNetworks, 'imported'>> {
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
  readonly labels: readonly number[] | undefined;
}

async function readInputs(flags: VerifyFlags, hooks: JobHooks): Promise<VerifyInputs> {
  const { entries, overlay } = await loadFitting(flags.scaling, flags.overlay);
  const network = await loadNetwork(flags, hooks);
  const { source, names } = await listInputs(flags, network, hooks);
  const outputs = network.graph.values.filter(({ id }) => network.graph.outputs.includes(id));
  const labels =
    flags.labels === undefined ? undefined : await readLabels(flags.labels, names, classCount(network.graph));
  expectScores(
    outputs.some(({ shape }) => isVector(shape)),
    optionsOf(flags),
  );
  const graph = detachWeights(fittingGraph(network.graph, entries));
  await reportInputs(source, flags, network, hooks);
  const weightsRead = weightBytes({ imported: network.graph, graph }, 1);
  return { graph, weightsRead, entries, overlay, source, names, labels };
}

/** A warning for each input that the calibration cannot have seen, where the verdict does not say so. */
function otherInputWarnings(measured: Measured, { causes }: Verdict): string[] {
  if (causes.some(({ kind }) => kind === 'other input than calibrated on')) return [];
  return measuredLayers(measured).flatMap((at) => {
    const reach = otherInput(measured, at);
    return reach === undefined ? [] : [`warning: input "${at.layer.name}": ${otherInputText(reach)}.`];
  });
}

/** Checks the flags without reading any file. Throws `usage`. */
function checkVerifyFlags(flags: VerifyFlags): void {
  refuseUnknownFlags('verify', flags, { ...QUANTIZE_FLAGS, ...VERIFY_FLAGS });
  checkNetworkFlags(flags);
  const ofLabels = (['max_accuracy_drop', 'expect_accuracy'] as const).find((name) => flags[name] !== undefined);
  if (ofLabels !== undefined && flags.labels === undefined)
    fail(
      'usage',
      `--${ofLabels}`,
      'expected --labels beside it, got none.',
      'Pass a text file with a line "file class" for each image.',
    );
}

/**
 * {@link verify} of entries on a graph as it was calibrated. Throws `data` for entries that do not fit the graph, `usage`
 * for a gate on figures that there are none of, and the errors of reading an image.
 */
export async function verifyEntries(
  calibrated: Graph,
  entries: readonly ScalingEntry[],
  source: ImageSource,
  options: VerifyOptions,
  hooks: JobHooks = {},
): Promise<VerifyResult> {
  const overlay = fittingOverlay(entries, options.overlay, 'entries');
  return (await measureEntries(calibrated, entries, source, { ...options, overlay }, hooks)).result;
}

/** {@link verifyEntries} with what its result is made of, and what is known of the run. Throws as it does. */
export async function measureEntries(
  calibrated: Graph,
  entries: readonly ScalingEntry[],
  source: ImageSource,
  options: VerifyOptions & KnownChoices,
  hooks: JobHooks = {},
): Promise<{ readonly result: VerifyResult; readonly measured: Measured }> {
  const overlay = options.overlay ?? detectOverlay(entries);
  const graph = withFloatLayers(calibrated, options.floatLayers);
  const fileFaults = checkScaling(entries, { graph, overlay });
  const faults = [...fileFaults, ...averagePoolingFaults(graph, entries, overlay)];
  const count = imageCount(source);
  if (!(count > 0)) fail('data', 'verify', 'expected at least one image, got none.', 'Pass images.');
  const pool = await openTaskPool(options, count, hooks.signal);
  try {
    const measured = await measureImages(
      pool,
      { graph: graphFor(pool, graph), entries, overlay, source: sourceFor(pool, source) },
      { count, detail: (image) => (image < CHANNEL_IMAGES ? 'channels' : 'alone'), counts: true },
      { labels: options.labels, done: (images) => hooks.progress?.(images, count, 'verify') },
    );
    const { verification } = measured;
    const verdict = judge(measured, { ...options, faults: fileFaults });
    for (const line of oneClassText(verdict)) hooks.warn?.(`warning: ${line}`);
    if (options.sameImages !== true) for (const line of otherInputWarnings(measured, verdict)) hooks.warn?.(line);
    const missed = [...missedGates(verification, options), ...wrongFile(faults, overlay)];
    const result = { ...verification, verdict, hurtsMost: hurtsMost(verification.layers), overlay, faults, missed };
    return { result, measured };
  } finally {
    await pool.close();
  }
}
