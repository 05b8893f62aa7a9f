import { fail } from '../error.js';
import type { Tensor } from '../tensor.js';
import type { Weights } from './caffemodel.js';
import { readCaffemodel } from './caffemodel.js';
import { matchWeights } from './match-weights.js';
import type { CaffeOptions } from './options.js';
import { blankBlobs, seedBlobs } from './seed-weights.js';
import type { WeightRequest, WeightSource } from './weight-request.js';

/** The source of a network's constants by its options: a caffemodel, which it reads, a seed, or none. */
export function weightSource(options: CaffeOptions): WeightSource {
  const model = options.prototxtName ?? 'prototxt';
  if (options.weights !== undefined)
    return storedWeights(
      readCaffemodel(options.weights, options.weightsName ?? 'caffemodel', options.consumeWeights),
      options,
    );
  const seed = options.seedWeights;
  if (seed !== undefined) return generated(({ specs, layer }) => seedBlobs(specs, layer, seed));
  if (options.shapesOnly === true) return blankWeights;
  return generated(() =>
    fail(
      'usage',
      model,
      'this network has weights, but none were given.',
      'Give --weights FILE, or --seed_weights N to try it out.',
    ),
  );
}

/** Placeholders of the right shape, for networks that are not run. */
export const blankWeights: WeightSource = generated(({ specs }) => blankBlobs(specs));

function generated(blobs: (request: WeightRequest) => Tensor[]): WeightSource {
  return { shapes: () => null, blobs: (requests) => requests.map(blobs) };
}

function storedWeights(weights: Weights, options: CaffeOptions): WeightSource {
  const files = {
    model: options.prototxtName ?? 'prototxt',
    weights: options.weightsName ?? 'caffemodel',
    resized: options.dims !== undefined,
  };
  return {
    shapes: (layer) => weights.get(layer)?.map((blob) => blob.shape) ?? null,
    blobs: (requests) => matchWeights(requests, weights, files),
  };
}
