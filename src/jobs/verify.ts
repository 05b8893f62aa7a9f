import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { verdict } from '../report/verification-sentences.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import { type Fault, isFault } from '../scaling-file/fault.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import { elements } from '../tensor.js';
import { mergeCounts } from '../verification/merge-counts.js';
import { averagePoolingFaults } from '../verification/pooling-error.js';
import { summarise, type Verification } from '../verification/verification.js';
import { verifyImages } from '../verification/verification-pool.js';
import { readLabels } from './labels.js';
import { loadNetwork, type NetworkFlags } from './network.js';
import { type InputFlags, networkInputs } from './network-inputs.js';
import type { JobHooks } from './quantize.js';
import { loadScaling } from './scaling-file.js';
import { graphFor, type ImageSource, openTaskPool, type ThreadOptions } from './worker-tasks.js';

/** Limits that make a verification a gate. Shares are 0 to 1. */
export interface VerifyGates {
  /** dB, of every layer as deployed. */
  readonly min_sqnr?: number | undefined;
  /** Share of images whose best class is float's. */
  readonly min_agreement?: number | undefined;
  /** By how much the share of right images may fall below float's. */
  readonly max_accuracy_drop?: number | undefined;
}

/** The flags of `verify`, spelled as on the command line. */
export interface VerifyOptions extends NetworkFlags, InputFlags, VerifyGates {
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Lines of `file class`. */
  readonly labels?: string | undefined;
  readonly threads?: number | undefined;
}

/** What `verify` found. */
export interface VerifyResult extends Verification {
  /** One sentence that names the layer that hurts most. */
  readonly verdict: string;
  readonly overlay: OverlayName;
  /** What `check` says of the file against the network, and what average pooling loses. */
  readonly faults: readonly Fault[];
  /** One sentence for each gate that was missed. */
  readonly missed: readonly string[];
}

/** Runs a network with a scaling file on the emulated overlay and in float32, and says how far they are apart, layer by layer. */
export async function verify(options: VerifyOptions, hooks: JobHooks = {}): Promise<VerifyResult> {
  const entries = await loadScaling(options.scaling);
  const network = await loadNetwork(options, hooks.warn);
  const { source, names } = await networkInputs(options, network);
  const graph = graphOfScalingFile(network.graph, entries);
  const classes = Math.max(...graph.outputs.map((id) => elements(graph.values[id]!.shape)));
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels, names, classes);
  return verifyEntries(graph, entries, { source, count: names.length, labels }, options, hooks);
}

/** The images of a verification. */
export interface VerifyImages {
  readonly source: ImageSource;
  readonly count: number;
  /** The right class of each. */
  readonly labels?: readonly number[] | undefined;
}

/** {@link verify} of entries on a graph as it is calibrated. */
export async function verifyEntries(
  graph: Graph,
  entries: readonly ScalingEntry[],
  { source, count, labels }: VerifyImages,
  options: VerifyGates & ThreadOptions & { readonly overlay?: OverlayName | undefined },
  hooks: JobHooks = {},
): Promise<VerifyResult> {
  const overlay = options.overlay ?? detectOverlay(entries);
  const faults = [...checkScaling(entries, { graph, overlay }), ...averagePoolingFaults(graph, entries, overlay)];
  const pool = await openTaskPool(options, count);
  try {
    const { layers, reports, counts } = await verifyImages(
      pool,
      { graph: graphFor(pool, graph), entries, overlay, source },
      count,
      (done) => hooks.progress?.(done, count, 'verify'),
    );
    const verification = summarise(graph, layers, reports, mergeCounts(counts), labels);
    return {
      ...verification,
      verdict: verdict(verification.layers),
      overlay,
      faults,
      missed: [...missedGates(verification, options), ...wrongFile(faults, overlay)],
    };
  } finally {
    await pool.close();
  }
}

/** A file that is wrong for its network or overlay fails whatever the figures say. */
function wrongFile(faults: readonly Fault[], overlay: OverlayName): string[] {
  const count = faults.filter(isFault).length;
  return count === 0
    ? []
    : [
        `The scaling file does not fit (${count} ${count === 1 ? 'fault' : 'faults'} above, as a file for overlay ${overlay}). xfdnn check tells what can be repaired.`,
      ];
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function missedGates({ layers, agreement, accuracy }: Verification, gates: VerifyGates): string[] {
  const missed: string[] = [];
  const lowest = layers.reduce(
    (low, layer) => (layer.accumulated.sqnr < low.accumulated.sqnr ? layer : low),
    layers[0]!,
  );
  if (gates.min_sqnr !== undefined && lowest.accumulated.sqnr < gates.min_sqnr) {
    missed.push(
      `--min_sqnr: expected at least ${gates.min_sqnr} dB at every layer, got ${lowest.accumulated.sqnr.toFixed(2)} dB at layer "${lowest.name}".`,
    );
  }
  if (gates.min_agreement !== undefined) {
    if (agreement === null)
      fail(
        'usage',
        '--min_agreement',
        'expected a network with one output of class scores, got none.',
        'Leave it out, or choose the output with --output_layer.',
      );
    if (agreement.top1 < gates.min_agreement)
      missed.push(
        `--min_agreement: expected at least ${percent(gates.min_agreement)}, got ${percent(agreement.top1)}.`,
      );
  }
  if (gates.max_accuracy_drop !== undefined) {
    if (accuracy === null)
      fail(
        'usage',
        '--max_accuracy_drop',
        'expected --labels and a network with one output of class scores, got neither or one.',
        'Pass --labels.',
      );
    const drop = accuracy.float.top1 - accuracy.fixed.top1;
    if (drop > gates.max_accuracy_drop)
      missed.push(
        `--max_accuracy_drop: expected at most ${percent(gates.max_accuracy_drop)}, got ${percent(drop)}: ${percent(accuracy.float.top1)} in float, ${percent(accuracy.fixed.top1)} on the overlay.`,
      );
  }
  return missed;
}
