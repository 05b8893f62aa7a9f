import type { Graph } from '../graph/graph.js';
import {
  type LayerCalibration,
  OVERLAYS,
  type Overlay,
  type OverlayChoice,
  overlayOf,
  type ScalingEntry,
} from '../scaling/index.js';
import { lostBiases } from '../scaling-file/check-weights.js';
import type { Fault } from '../scaling-file/fault.js';
import { addsToCode, clippedBiases } from '../verification/clipped-biases.js';
import type { PoolingError } from '../verification/pooling-error.js';
import { counted } from './words.js';

/** The largest share of a layer's channels whose bias may be clipped without a warning. */
const CLIPPED_SHARE = 0.1;

/** Lines about a calibration that succeeded and whose scaling file will disappoint: zero inputs, the reference walk, biases that are clipped or lost. */
export function calibrationWarnings(
  graph: Graph,
  layers: readonly LayerCalibration[],
  entries: readonly ScalingEntry[],
  how: { framework: string; walk: string; overlay: OverlayChoice },
): string[] {
  const warnings: string[] = [];
  const silent = layers.find(({ th_layer_in }) => th_layer_in === 0);
  if (silent !== undefined)
    warnings.push(
      `warning: the input of "${silent.name}" is zero on every calibration image. Check the preprocessing flags.`,
    );
  if (how.framework === 'tensorflow' && how.walk === 'reference' && entries.length > 0) {
    warnings.push(
      'note: the reference walk measures the float graph, as the original did for TensorFlow. An overlay that runs folded layers needs --walk progressive.',
    );
  }
  const overlay = overlayOf(how.overlay);
  return [...warnings, ...biasWarnings(graph, entries, overlay), ...lostBiasesOf(graph, entries, overlay)];
}

/** The largest relative error of an average pooling's factor without a warning: the noise of 8 bits is larger. */
const GAIN_ERROR = 0.02;

/** One line for each average pooling that the overlay computes wrong for all images: too small a factor, or clipped windows. */
export function poolingWarnings(errors: readonly PoolingError[]): string[] {
  return errors
    .filter(({ gain, isClipped }) => isClipped || Math.abs(gain) >= GAIN_ERROR)
    .map(({ text }) => `warning: ${text}`);
}

/** The warning about a network of which no layer has an entry. */
export function nothingToQuantize(layers: readonly LayerCalibration[]): string {
  const hint = layers.some(({ form }) => form === 'InnerProduct')
    ? ' Pass --include_inner_product for entries of fully connected layers.'
    : '';
  return `There is nothing to quantize: no layer of this network has an entry in a scaling file.${hint}`;
}

/** One line for each layer that reads codes of another threshold than its own `th_layer_in`. */
export function rescaledInputs(mismatches: readonly Fault[]): string[] {
  return mismatches.map(({ entry, message }) => `${entry}: th_layer_in ${message}`);
}

/** The note about layers whose codes are rescaled, which is what residual sums do. */
export function rescaledNote(count: number): string {
  return `note: the codes of ${counted(count, 'layer')} are rescaled to the threshold of a sum or a Concat, which is normal; --wide names them.`;
}

/** A bias that is added to the code is a code of the output's width: beyond `th_layer_out` it is clipped. */
function biasWarnings(graph: Graph, entries: readonly ScalingEntry[], overlay: Overlay): string[] {
  return clippedBiases(graph, entries, overlay).flatMap(({ entry, beyond, channels }) =>
    beyond.length <= CLIPPED_SHARE * channels
      ? []
      : [
          `warning: overlay ${overlay.name} clips the bias of ${beyond.length} of ${channels} channels of "${entry.name}" at th_layer_out. ${advice(entry)}xfdnn verify tells what is lost.`,
        ],
  );
}

/** One line for each layer that loses biases of channels, in whole or in part, because their weights are 0 or tiny. */
function lostBiasesOf(graph: Graph, entries: readonly ScalingEntry[], overlay: Overlay): string[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return graph.nodes.flatMap((node) => {
    const entry = byName.get(node.name);
    const lost = entry?.th_params === undefined ? [] : lostBiases(entry, { node }, overlay);
    const [first] = lost;
    if (first === undefined) return [];
    const channels = lost.length === 1 ? '1 channel' : `${lost.length} channels`;
    return [
      `warning: overlay ${overlay.name} loses the bias of ${channels} of "${node.name}", whose weights are zero or tiny. xfdnn check names them; xfdnn verify tells what is lost.`,
    ];
  });
}

function advice(entry: ScalingEntry): string {
  const other = OVERLAYS.find((overlay) => !addsToCode(overlay, entry));
  return other === undefined ? '' : `--overlay ${other.name} adds it before it scales; `;
}
