import { generator } from '../../kernels/random.js';

/** A seeded source of numbers in 0 <= x < 1. */
export function uniform(seed: number): () => number {
  const random = generator(seed);
  return () => random(2 ** 30) / 2 ** 30;
}

/** A number that is roughly normal: enough for a test, and the same on every engine. */
function normal(random: () => number): number {
  return random() + random() + random() + random() + random() + random() - 3;
}

/** Reciprocals give heavy tails without a logarithm. */
const shapes: Readonly<Record<string, (random: () => number, index: number) => number>> = {
  gauss: normal,
  relu: (random) => Math.max(0, normal(random)),
  'sparse relu': (random) => Math.max(0, normal(random) - 1),
  clipped: (random) => Math.min(6, Math.max(0, 6 * normal(random))),
  uniform: (random) => random(),
  'heavy tail': (random) => normal(random) / (0.02 + random()),
  'very heavy tail': (random) => normal(random) / (0.0005 + random() * random()),
  bimodal: (random) => (random() < 0.5 ? 0 : 5) + normal(random),
  'on a grid': (random) => Math.round(normal(random) * 40) * 0.0471,
  bytes: (random) => Math.round(random() * 151),
  'half in one bin': (random) => (random() < 0.5 ? 0.7 : 3 * random()),
  'nothing near zero': (random) => 1 + random() * 0.3,
  'a gap at zero': (random, index) => (index === 0 ? 0.0001 : 1 + random()),
  denormals: (random, index) => (index === 0 ? 1 : 1e-40 * random()),
  'two values': (_, index) => (index % 2 === 0 ? 0 : 2.5),
  'one spike': (_, index) => (index === 7 ? 3 : 0),
  'a spike over noise': (random, index) => (index === 7 ? 30 : normal(random)),
  constant: () => 3.25,
  zeros: () => 0,
  tiny: (random) => 1e-9 * random(),
};

/** Names of the blobs that `blob` makes: like activations, and unlike any. */
export const blobNames: readonly string[] = Object.keys(shapes);

/** `count` float32 values, seeded. */
export function blob(name: string, count: number, seed = 1): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length: count }, (_, index) => shapes[name]!(random, index));
}
