import { analyse } from '../../analysis/analysed-graph.js';
import { outputValues } from '../output-values.js';
import type { VerifiedLayer } from '../verification.js';
import type { Measured } from './measured.js';

/**
 * The layer at the network's output that keeps least, before a softmax and what else turns scores into a decision.
 * Undefined where no output comes from a layer that is compared.
 */
export function outputLayer({ graph, verification, described }: Measured): VerifiedLayer | undefined {
  const index = new Map(described.map(({ value }, i) => [value, i]));
  const values = outputValues(analyse(graph), (id) => index.has(id));
  const layers = values.flatMap((id) => verification.layers[index.get(id) ?? -1] ?? []);
  const [first] = layers;
  return layers.reduce(
    (low, layer) => (low === undefined || layer.accumulated.sqnr < low.accumulated.sqnr ? layer : low),
    first,
  );
}
