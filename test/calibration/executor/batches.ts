import { ActivationStore } from '../../../src/calibration/executor/activation-store.js';
import { Batch } from '../../../src/calibration/executor/batch.js';
import type { CodesForm, PlannedGrid, RawForm, StoredForm } from '../../../src/calibration/step.js';
import type { Graph, ValueId } from '../../../src/graph/graph.js';
import { createEngine, type Engine } from '../../../src/kernels/engine.js';
import { elements } from '../../../src/tensor.js';

/** A batch of images in one engine, and what its store holds. */
export interface OpenedBatch {
  readonly batch: Batch;
  readonly engine: Engine;
  readonly store: ActivationStore;
  /** The elements of an image's stored form. */
  stored(image: number, form: StoredForm): number[];
}

/** A batch whose images are network inputs. */
export async function batchOf(graph: Graph, images: readonly Float32Array[]): Promise<OpenedBatch> {
  const engine = await createEngine();
  const store = new ActivationStore(engine, Infinity, null);
  const batch = new Batch(engine, graph, images.keys(), async (image) => images[image]!, store);
  const stored = (image: number, { value, grid }: StoredForm): number[] => {
    const at = store.get(`${image}:${value}${grid === null ? '' : `@${grid.threshold}`}`);
    const count = elements(graph.values[value]!.shape);
    if (grid === null) return [...engine.heap.f32(at, count)];
    return [...(grid.bits === 8 ? engine.heap.i8(at, count) : engine.heap.i16(at, count))];
  };
  return { batch, engine, store, stored };
}

export const raw = (value: ValueId): RawForm => ({ value, grid: null });
export const codes = (value: ValueId, grid: PlannedGrid): CodesForm => ({ value, grid });

/** The output of a layer by name. */
export function outputOf(graph: Graph, name: string): ValueId {
  return graph.nodes.find((node) => node.name === name)!.outputs[0]!;
}

/** The index of a layer by name. */
export function indexOf(graph: Graph, name: string): number {
  return graph.nodes.findIndex((node) => node.name === name);
}
