import type { Message } from '../formats/schema.js';
import type { Tensor } from '../tensor.js';
import type { Weights } from './caffemodel.js';
import type { Layer } from './layer.js';
import type { WeightRequest } from './weight-request.js';

/** The name of each blob of a layer, `param { name: "w" }`, undefined where it has none. Layers share blobs of one name. */
export function blobNames({ message }: Layer): readonly (string | undefined)[] {
  // V1 files list the names as strings.
  const params = (message['param'] ?? []) as readonly (string | Message)[];
  return params.map(
    (param) => (typeof param === 'string' ? param : (param['name'] as string | undefined)) || undefined,
  );
}

/**
 * For each request the stored blobs, where a shared blob is that of the last layer of the caffemodel that stores it, as
 * in Caffe, which copies layer after layer into the one blob. Null: the layer is not stored and does not share all blobs.
 */
export function storedBlobs(requests: readonly WeightRequest[], weights: Weights): (readonly Tensor[] | null)[] {
  const shared = sharedBlobs(requests, weights);
  return requests.map(({ layer, names, specs }) => {
    const stored = weights.get(layer);
    const blobs = (stored ?? specs).map((_, index) => shared.get(names[index] ?? '') ?? stored?.[index]);
    const found = blobs.filter((blob) => blob !== undefined);
    return found.length === blobs.length ? found : null;
  });
}

function sharedBlobs(requests: readonly WeightRequest[], weights: Weights): Map<string, Tensor> {
  const namesOf = new Map(requests.map(({ layer, names }) => [layer, names]));
  const shared = new Map<string, Tensor>();
  for (const [layer, blobs] of weights)
    for (const [index, name] of (namesOf.get(layer) ?? []).entries()) {
      const blob = blobs[index];
      if (name !== undefined && blob !== undefined) shared.set(name, blob);
    }
  return shared;
}
