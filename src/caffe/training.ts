import { isDataType } from './inputs.js';
import type { Layer } from './layer.js';

/** The result of {@link dropTraining}. */
export interface Trimmed {
  readonly layers: readonly Layer[];
  /** Layers for training or measuring only. */
  readonly dropped: readonly Layer[];
  /** Bottoms of Silence layers. They are no outputs, although no layer reads them. */
  readonly silenced: ReadonlySet<string>;
}

/** Types of layers that measure or write, beside the losses: they have no place in inference. */
export const measuringTypes: ReadonlySet<string> = new Set(['Accuracy', 'DetectionEvaluate', 'HDF5Output', 'Silence']);

/**
 * Drops losses (SoftmaxWithLoss too: its bottom becomes the output), accuracies, Silence, and layers computed from
 * labels alone. Labels are the second and later tops of a data layer.
 */
export function dropTraining(layers: readonly Layer[]): Trimmed {
  const labels = new Set<string>();
  const kept: Layer[] = [];
  const dropped: Layer[] = [];
  const silenced = new Set<string>();
  for (const layer of layers) {
    if (isDataType(layer)) layer.tops.slice(1).forEach((top) => labels.add(top));
    const fromLabels = layer.bottoms.length > 0 && layer.bottoms.every((bottom) => labels.has(bottom));
    if (layer.type === 'Silence') layer.bottoms.forEach((bottom) => silenced.add(bottom));
    if (fromLabels) layer.tops.forEach((top) => labels.add(top));
    else layer.tops.forEach((top) => !isDataType(layer) && labels.delete(top));
    (fromLabels || measuringTypes.has(layer.type) || layer.type.endsWith('Loss') ? dropped : kept).push(layer);
  }
  return { layers: kept, dropped, silenced };
}
