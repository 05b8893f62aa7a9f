import { loadCaffe } from '../../dist/src/caffe/index.js';
import { optimise } from '../../dist/src/optimise/index.js';
import { googlenet } from './googlenet.js';
import { mobilenet } from './mobilenet.js';
import { DEPTHS, resnet } from './resnet.js';
import { squeezenet } from './squeezenet.js';
import { vgg16 } from './vgg16.js';

/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */

/**
 * A network the bench builds. `outputs`: what is compared, the scores before the softmax among them: after it,
 * large scores hide every difference.
 * @typedef {{ title: string, prototxt: (size?: number) => string, outputs: readonly string[] }} Network
 */

/** The seed of all weights. */
export const SEED = 1;

/** @type {Readonly<Record<string, Network>>} */
export const networks = {
  ...{ squeezenet, googlenet, mobilenet, vgg16 },
  ...Object.fromEntries(DEPTHS.map((depth) => [`resnet${depth}`, resnet(depth)])),
};

/**
 * A network with seeded He weights, batch norms folded: ours and every peer's starting point.
 * @param {string} name a key of {@link networks}
 * @returns {Graph}
 */
export function buildGraph(name) {
  return optimise(unfoldedGraph(name)).graph;
}

/** The network as its prototxt has it. `size`: of its square input. @param {string} name @param {number} [size] @returns {Graph} */
export function unfoldedGraph(name, size) {
  const { prototxt, outputs } = networks[name];
  return loadCaffe({ prototxt: prototxt(size), prototxtName: name, seedWeights: SEED, outputLayers: outputs });
}

/**
 * The input all sides are fed: about what a preprocessed photo spans. Smooth in both directions, as photos are.
 * @param {readonly number[]} shape N, C, H, W
 */
export function seededInput(shape) {
  const [, channels = 1, height = 1, width = 1] = shape;
  const data = new Float32Array(channels * height * width);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const [x, y] = [i % width, Math.floor(i / width) % height];
    data[i] = 80 * triangle(x / 37 + y / 91) + 30 * triangle(y / 23) + (state >> 16) / 1500;
  }
  return data;
}

/** @param {number} t period 2, between -1 and 1 */
const triangle = (t) => 2 * Math.abs((t % 2) - 1) - 1;
