import type { LayerThresholds } from '../calibration/walk.js';
import type { Graph } from '../graph/graph.js';
import { gridsOf, OVERLAYS, type Overlay, type OverlayChoice, overlayOf, type ScalingEntry } from '../scaling/index.js';

/** Share of a layer's channels whose bias may be clipped before it is worth a warning. */
const MANY = 0.1;

/** What a calibration shows that its user would want to hear before a board does. */
export function calibrationWarnings(
  graph: Graph,
  layers: readonly LayerThresholds[],
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
  return [...warnings, ...clippedBiases(graph, entries, overlayOf(how.overlay))];
}

/** A bias that is added to the code is a code of the output's width: beyond `th_layer_out` it is clipped. */
function clippedBiases(graph: Graph, entries: readonly ScalingEntry[], overlay: Overlay): string[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return graph.nodes.flatMap((node) => {
    const [entry, bias] = [byName.get(node.name), node.params[1]?.data];
    if (entry === undefined || bias === undefined || !addsToCode(overlay, entry)) return [];
    const beyond = bias.reduce((count, value) => count + (Math.abs(value) > entry.th_layer_out ? 1 : 0), 0);
    if (beyond <= MANY * bias.length) return [];
    return [
      `warning: overlay ${overlay.name} clips the bias of ${beyond} of ${bias.length} channels of "${node.name}" at th_layer_out. ${advice(entry)}xfdnn verify tells what is lost.`,
    ];
  });
}

const addsToCode = ({ interLayer }: Overlay, entry: ScalingEntry): boolean =>
  interLayer[gridsOf(entry).input.bits].biasStage === 'code';

function advice(entry: ScalingEntry): string {
  const other = OVERLAYS.find((overlay) => !addsToCode(overlay, entry));
  return other === undefined ? '' : `--overlay ${other.name} adds it before it scales; `;
}
