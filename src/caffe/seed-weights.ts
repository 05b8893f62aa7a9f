import seedrandom from 'seedrandom';
import type { ParamSpec } from '../ops/op.js';
import type { Tensor } from '../tensor.js';
import { elements } from '../tensor.js';

/**
 * Generated weights for a network without a weight file. `he` blobs are near normal with variance 2 / fan-in; a constant
 * varies by a tenth of itself (0 by 0.05). Each blob depends on the seed, the layer's name and the blob's index only.
 * All engines give the same bits: only sums and products are used.
 */
export function seedBlobs(specs: readonly ParamSpec[], layer: string, seed: number): Tensor[] {
  return specs.map((spec, index) => {
    const random = seedrandom.alea(`${seed}/${layer}/${index}`);
    const data = new Float32Array(elements(spec.shape));
    if (typeof spec.seed === 'number') fillAround(data, spec.seed, random);
    else fillNormal(data, Math.sqrt(2 / spec.seed.he), random);
    return { shape: spec.shape, data };
  });
}

/** Placeholders where only shapes matter: constants at their value, weights 0. */
export function blankBlobs(specs: readonly ParamSpec[]): Tensor[] {
  return specs.map((spec) => {
    const data = new Float32Array(elements(spec.shape));
    return { shape: spec.shape, data: typeof spec.seed === 'number' && spec.seed !== 0 ? data.fill(spec.seed) : data };
  });
}

function fillAround(data: Float32Array, centre: number, random: seedrandom.PRNG): void {
  const reach = centre === 0 ? 0.05 : 0.1 * centre;
  for (let index = 0; index < data.length; index++) data[index] = centre + reach * (2 * random.quick() - 1);
}

/** The sum of three 10-bit uniforms of one draw: bell-shaped, variance 3 (2^20 - 1) / 12, at most 3 deviations out. */
function fillNormal(data: Float32Array, deviation: number, random: seedrandom.PRNG): void {
  const step = deviation / Math.sqrt((3 * (2 ** 20 - 1)) / 12);
  for (let index = 0; index < data.length; index++) {
    const bits = random.int32();
    const sum = (bits & 1023) + ((bits >>> 10) & 1023) + ((bits >>> 20) & 1023);
    data[index] = (sum - 1534.5) * step;
  }
}
