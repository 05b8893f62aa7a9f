import { readFileSync } from 'node:fs';
import type { Graph } from '../../src/graph/graph.js';
import { elements, type Tensor } from '../../src/tensor.js';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { root } from '../support.js';

/** A graph that TensorFlow ran: made by `make.py` or `make_operators.py` in `test/golden/tensorflow/`. */
export interface GoldenCase {
  readonly name: string;
  readonly graph: Slice;
  readonly input: Stored;
  readonly outputs: readonly (Stored & { readonly name: string })[];
  readonly options?: Omit<TensorFlowOptions, 'bytes' | 'fileName'>;
}

/** Offset and length in bytes. */
type Slice = readonly [number, number];

interface Stored {
  readonly shape: readonly number[];
  readonly data: Slice;
}

const folder = `${root}test/golden/tensorflow/`;
const blobs = ['cases', 'operators'].map((stem) => ({
  bytes: readFileSync(`${folder}${stem}.bin`),
  cases: (JSON.parse(readFileSync(`${folder}${stem}.json`, 'utf8')) as { cases: GoldenCase[] }).cases,
}));

/** Every case, in the order of the scripts. */
export const goldenCases: readonly GoldenCase[] = blobs.flatMap(({ cases }) => cases);

/** The file that holds the case's bytes, by its graph or by one of its arrays. */
const bytesOf = new Map<unknown, Buffer>(
  blobs.flatMap(({ bytes, cases }) =>
    cases.flatMap((one) => [one.graph, one.input, ...one.outputs].map((part) => [part, bytes] as const)),
  ),
);

/** The serialized GraphDef. */
export function goldenGraph({ graph }: GoldenCase): Uint8Array {
  const [at, size] = graph;
  return new Uint8Array(bytesOf.get(graph)!.subarray(at, at + size));
}

/** A stored array. */
export function goldenTensor(stored: Stored): Tensor {
  const { shape, data: slice } = stored;
  const [bytes, [at]] = [bytesOf.get(stored)!, slice];
  const data = new Float32Array(elements(shape));
  data.forEach((_, index) => (data[index] = bytes.readFloatLE(at + 4 * index)));
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
