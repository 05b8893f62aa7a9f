import { fail, required } from '../error.js';
import type { ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import type { WeightRequest } from './build.js';
import type { Weights } from './caffemodel.js';
import { listNames } from './layer.js';

/** The files that messages about weights name. */
export interface WeightFiles {
  /** The prototxt's name. */
  readonly model: string;
  /** The caffemodel's name. */
  readonly weights: string;
  /** Whether the input size is not the declared one. */
  readonly resized: boolean;
}

/**
 * The stored blobs of each layer that needs some, found by the layer's name. Shapes may differ in sizes of 1: old files
 * store four sizes. Throws `model` where number or shapes of blobs differ, with both, and where layers are missing,
 * with all their names.
 */
export function matchWeights(
  requests: readonly WeightRequest[],
  weights: Weights,
  files: WeightFiles,
): (readonly Tensor[])[] {
  const missing = requests.filter(({ layer }) => !weights.has(layer));
  if (missing.length === requests.length && requests.length > 0) otherNetwork(requests, weights, files);
  const found = `${requests.length - missing.length} of its ${requests.length} layers with weights are in ${files.weights}`;
  const hint = files.resized
    ? 'The weights fix the size of the input: leave out --dims, or stop before this layer with --output_layer.'
    : `Prototxt and caffemodel must be of the same network${missing.length === 0 ? '' : ` (${found})`}.`;
  const matched = requests.map((request) =>
    matchBlobs(request, weights.get(request.layer) ?? null, files.weights, hint),
  );
  if (missing.length > 0) {
    fail(
      'model',
      files.model,
      `only ${found}; missing: ${listNames(missing.map(({ layer }) => layer))}.`,
      'Prototxt and caffemodel must be of the same network.',
    );
  }
  return matched;
}

function otherNetwork(requests: readonly WeightRequest[], weights: Weights, files: WeightFiles): never {
  const needed = listNames(
    requests.map(({ layer }) => layer),
    3,
  );
  const kind = requests.length === 1 ? 'its layer with weights' : `none of its ${requests.length} layers with weights`;
  const verb = requests.length === 1 ? 'is not in' : 'is in';
  fail(
    'model',
    files.model,
    `${kind} (${needed}) ${verb} ${files.weights}, which has ${listNames([...weights.keys()], 3)}.`,
    'They are of different networks.',
  );
}

function matchBlobs(
  { specs, where }: WeightRequest,
  blobs: readonly Tensor[] | null,
  file: string,
  hint: string,
): Tensor[] {
  if (blobs === null) return [];
  if (specs.length !== blobs.length) {
    const got = blobs.map((blob) => formatShape(blob.shape)).join(', ');
    fail('model', where, `expected ${count(specs)}, got ${blobs.length} (${got}) in ${file}.`, hint);
  }
  return blobs.map((blob, index) => {
    const spec = required(specs[index], where, `constant ${index}`);
    if (!sameSizes(spec.shape, blob.shape)) {
      fail(
        'model',
        where,
        `expected ${spec.role} of ${formatShape(spec.shape)}, got ${formatShape(blob.shape)} in ${file}.`,
        hint,
      );
    }
    return { shape: spec.shape, data: blob.data };
  });
}

function count(specs: readonly ParamSpec[]): string {
  const blobs = specs.map((spec) => `${spec.role} ${formatShape(spec.shape)}`).join(', ');
  return `${specs.length} weight ${specs.length === 1 ? 'blob' : 'blobs'} (${blobs})`;
}

function sameSizes(expected: Shape, stored: Shape): boolean {
  const [a, b] = [expected, stored].map((shape) => shape.filter((size) => size !== 1)) as [number[], number[]];
  return elements(expected) === elements(stored) && a.length === b.length && a.every((size, axis) => size === b[axis]);
}
