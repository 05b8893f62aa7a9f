import seedrandom from 'seedrandom';
import { fail } from '../error.js';
import { randomSeed } from '../platform/index.js';
import { mersenneTwister } from './mersenne-twister.js';

/** The sources of random bits for a sample. */
export const SAMPLERS = ['seedrandom', 'numpy'] as const;

/** Source of the random bits of a sample: the package seedrandom, or NumPy's legacy RandomState. */
export type Sampler = (typeof SAMPLERS)[number];

/** Choice among the sorted files; docs/spec/quantizer.md, section 1. */
export interface SampleOptions {
  /** Number of files; 32, or all where there are fewer, or the number of `indices`. */
  readonly size?: number | undefined;
  /** 0 to 2^32 - 1. Drawn at random where neither it nor `indices` is given. */
  readonly seed?: number | undefined;
  /** Indices into the sorted file list, each once; excludes `seed`. */
  readonly indices?: readonly number[] | undefined;
  /** Source of random bits; `seedrandom` where absent. */
  readonly sampler?: Sampler | undefined;
}

/** A chosen sample. */
export interface Sample {
  /** Indices into the sorted file list, ascending. */
  readonly indices: number[];
  /** The seed of the draw; undefined where `indices` are all files that were asked for. */
  readonly seed: number | undefined;
}

/** Number of files in a sample where neither `size` nor `indices` is given and there are as many. */
export const DEFAULT_SAMPLE_SIZE = 32;

/** Chooses from `count` sorted files. Throws `usage` for options that contradict each other or ask for more than there is. */
export function chooseSample(count: number, options: SampleOptions): Sample {
  const { seed, indices, sampler = 'seedrandom' } = options;
  const size = options.size ?? indices?.length ?? Math.max(1, Math.min(count, DEFAULT_SAMPLE_SIZE));
  checkSize(size, count);
  if (indices !== undefined && seed !== undefined) {
    fail('usage', '--calibration_seed', 'expected either a seed or --calibration_indices, got both.', 'Leave one out.');
  }
  if (indices === undefined) {
    const used = checkSeed(seed ?? randomSeed());
    return { indices: draw(count, size, used, sampler), seed: used };
  }
  checkIndices(indices, size, count);
  const taken = new Set(indices);
  const rest = Array.from({ length: count }, (_, i) => i).filter((i) => !taken.has(i));
  const drawn = draw(rest.length, size - indices.length, 0, sampler).flatMap((i) => rest[i] ?? []);
  return { indices: [...indices, ...drawn].sort((a, b) => a - b), seed: drawn.length === 0 ? undefined : 0 };
}

/**
 * `k` of the integers below `n` without replacement, ascending: the first `k` of a random permutation. With `numpy` the same as
 * `sorted(RandomState(seed).choice(n, k, replace=False))`. Integers only, so the same everywhere.
 */
export function draw(n: number, k: number, seed: number, sampler: Sampler): number[] {
  const next = sampler === 'numpy' ? mersenneTwister(seed) : words(seed);
  const permutation = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = randomUpTo(i, next);
    [permutation[i], permutation[j]] = [permutation[j]!, permutation[i]!];
  }
  return permutation.slice(0, k).sort((a, b) => a - b);
}

/** A random integer from 0 to `maximum` (below 2^32): as many bits as that has, drawn again while they exceed it. */
function randomUpTo(maximum: number, next: () => number): number {
  const mask = 0xffffffff >>> Math.clz32(maximum);
  for (;;) {
    const value = (next() & mask) >>> 0;
    if (value <= maximum) return value;
  }
}

/** 32-bit words of seedrandom (ARC4, seeded with the decimal digits of the seed). */
function words(seed: number): () => number {
  const generator = seedrandom(String(seed));
  return () => generator.int32() >>> 0;
}

function checkSize(size: number, count: number): void {
  if (!Number.isInteger(size) || size < 1)
    fail('usage', '--calibration_size', `expected an integer of at least 1, got ${size}.`);
  if (size > count) {
    fail(
      'usage',
      '--calibration_size',
      `expected at most ${count}, the number of files in the calibration directory, got ${size}.`,
      'Ask for fewer or add images.',
    );
  }
}

function checkSeed(seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    fail('usage', '--calibration_seed', `expected an integer from 0 to 4294967295, got ${seed}.`);
  }
  return seed;
}

function checkIndices(indices: readonly number[], size: number, count: number): void {
  const where = '--calibration_indices';
  const bad = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= count);
  if (bad !== undefined)
    fail('usage', where, `expected integers from 0 to ${count - 1}, one for each file, got ${bad}.`);
  const seen = new Set<number>();
  const twice = indices.find((index) => seen.has(index) || !seen.add(index));
  if (twice !== undefined) fail('usage', where, `expected each index once, got ${twice} twice.`);
  if (size < indices.length) {
    fail(
      'usage',
      '--calibration_size',
      `expected at least ${indices.length}, the number of --calibration_indices, got ${size}.`,
      'Leave the size out.',
    );
  }
}
