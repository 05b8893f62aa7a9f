import type { VerifiedLayer } from '../verification/verification.js';

/** The name of a layer, and the activation that is computed with it: `conv1 + relu`. */
export const layerLabel = ({ name, activation }: Pick<VerifiedLayer, 'name' | 'activation'>): string =>
  joinedLabel(name, activation === null ? [] : [activation]);

/** The name of a layer, and of the layers that are computed with it: `conv1 + bn + relu`. */
export const joinedLabel = (name: string, followers: readonly string[]): string =>
  [name, ...followers.map((follower) => ownName(follower, name))].join(' + ');

/** The name of an activation without the path that it has in common with its layer: `relu` of `conv1/relu` behind `conv1`. */
function ownName(activation: string, layer: string): string {
  if (activation.startsWith(`${layer}/`)) return activation.slice(layer.length + 1);
  const folder = layer.slice(0, layer.lastIndexOf('/') + 1);
  return folder !== '' && activation.startsWith(folder) ? activation.slice(folder.length) : activation;
}
