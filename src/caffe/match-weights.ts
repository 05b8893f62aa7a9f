import { fail, required } from '../error.js';
import type { ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import type { Weights } from './caffemodel.js';
import { fill } from './fillers.js';
import { listNames } from './layer.js';
import { storedBlobs } from './shared-weights.js';
import type { WeightRequest } from './weight-request.js';

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
 * The blobs of each layer that needs some: stored under the layer's name, shared with another layer, or made by the
 * fillers that the layer states, if they are not random. Shapes may differ in sizes of 1: old files store four sizes. Throws `model` where number or shapes of blobs differ, with both, and where layers are missing,
 * with all their names.
 */
export function matchWeights(
  requests: readonly WeightRequest[],
  weights: Weights,
  files: WeightFiles,
): (readonly Tensor[])[] {
  const stored = storedBlobs(requests, weights);
  const filled = requests.map((request, index) => (stored[index] === null ? filledBlobs(request) : null));
  const missing = requests.filter((_, index) => stored[index] === null && filled[index] === null);
  if (missing.length === requests.length && requests.length > 0) otherNetwork(requests, weights, files);
  const found = `${requests.length - missing.length} of its ${requests.length} layers with weights are in ${files.weights}`;
  const hint = files.resized
    ? 'The weights fix the size of the input: leave out --dims, or stop before this layer with --output_layer.'
    : `Prototxt and caffemodel must be of the same network${missing.length === 0 ? '' : ` (${found})`}.`;
  const matched = requests.map(
    (request, index) => filled[index] ?? matchBlobs(request, stored[index] ?? null, files.weights, hint),
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

/** The blobs of a layer that the caffemodel lacks, by its stated fillers; null where it states none, or a random one. */
function filledBlobs({ specs, fillers: { main, bias = {} } }: WeightRequest): Tensor[] | null {
  if (main === undefined) return null;
  const blobs = specs.map(({ shape }, index) => fill(index === 0 ? main : bias, shape));
  const found = blobs.filter((blob) => blob !== undefined);
  return found.length === specs.length ? found : null;
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
