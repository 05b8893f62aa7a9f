import { readFileSync } from 'node:fs';
import type { Graph } from '../../src/graph/graph.js';
import { elements, type Tensor } from '../../src/tensor.js';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { root } from '../support.js';

/** A graph that TensorFlow ran: made by `test/golden/tensorflow/make.py`. */
export interface GoldenCase {
  readonly name: string;
  readonly graph: Place;
  readonly input: Stored;
  readonly outputs: readonly (Stored & { readonly name: string })[];
  readonly options?: Omit<TensorFlowOptions, 'bytes' | 'fileName'>;
}

/** Offset and length in bytes. */
type Place = readonly [number, number];

interface Stored {
  readonly shape: readonly number[];
  readonly data: Place;
}

const folder = `${root}test/golden/tensorflow/`;
const blob = readFileSync(`${folder}cases.bin`);

/** Every case, in the order of `make.py`. */
export const goldenCases = (JSON.parse(readFileSync(`${folder}cases.json`, 'utf8')) as { cases: GoldenCase[] }).cases;

/** The serialized GraphDef. */
export function goldenGraph({ graph: [at, size] }: GoldenCase): Uint8Array {
  return new Uint8Array(blob.subarray(at, at + size));
}

/** A stored array. */
export function goldenTensor({ shape, data: [at] }: Stored): Tensor {
  const data = new Float32Array(elements(shape));
  data.forEach((_, index) => (data[index] = blob.readFloatLE(at + 4 * index)));
  return { shape, data };
}

/** The graph, imported with the case's own options. */
export function importGolden(one: GoldenCase): Graph {
  return loadTensorFlow({ bytes: goldenGraph(one), fileName: `${one.name}.pb`, ...one.options });
}

/** The case of this name. */
export function goldenCase(name: string): GoldenCase {
  return goldenCases.find((one) => one.name === name)!;
}

/** The largest difference, relative to the largest expected value (1 where all are 0). */
export function relativeDifference(actual: Tensor, expected: Tensor): number {
  const largest = expected.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  return actual.data.reduce((most, x, index) => Math.max(most, Math.abs(x - expected.data[index]!)), 0) / largest;
}
