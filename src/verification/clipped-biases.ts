import type { Graph } from '../graph/graph.js';
import { gridsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';

/** A layer whose bias the overlay clips. */
export interface ClippedBias {
  readonly entry: ScalingEntry;
  /** Channels whose bias is beyond `th_layer_out`, ascending. */
  readonly beyond: readonly number[];
  /** Number of channels. */
  readonly channels: number;
}

/** Whether an overlay adds a layer's bias to the code, so that the bias is a code of the output's width itself. */
export const addsToCode = ({ interLayer }: Overlay, entry: ScalingEntry): boolean =>
  interLayer[gridsOf(entry).input.bits].biasStage === 'code';

/**
 * The layers with a bias beyond `th_layer_out`, on an overlay that adds it to the code and so clips it there.
 * Source: docs/spec/overlay.md.
 */
export function clippedBiases(graph: Graph, entries: readonly ScalingEntry[], overlay: Overlay): ClippedBias[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return graph.nodes.flatMap((node) => {
    const [entry, bias] = [byName.get(node.name), node.params[1]?.data];
    if (entry === undefined || bias === undefined || !addsToCode(overlay, entry)) return [];
    const beyond = Array.from(bias.keys()).filter((channel) => Math.abs(bias[channel] ?? 0) > entry.th_layer_out);
    return beyond.length === 0 ? [] : [{ entry, beyond, channels: bias.length }];
  });
}
