import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { XfdnnError } from '../../src/error.js';
import { chooseSample, draw, type SampleOptions } from '../../src/images/index.js';
import { mersenneTwister } from '../../src/images/mersenne-twister.js';
import { shared, testShared } from '../support.js';

test('MT19937 gives the words that its authors list for the default seed', () => {
  const next = mersenneTwister(5489);
  const words = Array.from({ length: 10_000 }, next);
  assert.equal(words.slice(0, 3), [3499211612, 581869302, 3890346734]);
  assert.is(words[9999], 4123659995); // ISO C++, [rand.predef]
});

test('a draw is sorted, without repeats, the same for a seed and different for another', () => {
  for (const sampler of ['seedrandom', 'numpy'] as const) {
    const drawn = draw(1000, 50, 7, sampler);
    assert.is(new Set(drawn).size, 50);
    assert.equal(
      drawn,
      [...drawn].sort((a, b) => a - b),
    );
    assert.ok(drawn.every((index) => index >= 0 && index < 1000));
    assert.equal(draw(1000, 50, 7, sampler), drawn);
    assert.not.equal(draw(1000, 50, 8, sampler), drawn);
  }
  assert.not.equal(draw(1000, 50, 7, 'numpy'), draw(1000, 50, 7, 'seedrandom'));
  assert.equal(draw(0, 0, 1, 'seedrandom'), []);
});

test('every index is drawn about equally often', () => {
  const counts = new Array<number>(5).fill(0);
  for (let seed = 0; seed < 3000; seed++) for (const index of draw(5, 2, seed, 'seedrandom')) counts[index]!++;
  // 1200 each on average, standard deviation 27.
  for (const count of counts) assert.ok(Math.abs(count - 1200) < 150, String(counts));
});

test('size, seed and indices', () => {
  assert.is(chooseSample(40, { seed: 3 }).indices.length, 32);
  assert.is(chooseSample(20, { seed: 3 }).indices.length, 20);
  assert.equal(
    chooseSample(20, { seed: 3, size: 20 }).indices,
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.equal(chooseSample(20, { indices: [5, 2, 9] }), { indices: [2, 5, 9], seed: undefined });
  assert.is(chooseSample(20, { seed: 0 }).seed, 0);
  const fresh = chooseSample(1000, {});
  assert.equal(chooseSample(1000, { seed: fresh.seed! }), fresh);
});

test('more than the indices: the rest is drawn from the other files with seed 0', () => {
  for (const sampler of ['seedrandom', 'numpy'] as const) {
    const { indices, seed } = chooseSample(20, { indices: [7, 3], size: 6, sampler });
    const others = Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 7 && i !== 3);
    const expected = [3, 7, ...draw(18, 4, 0, sampler).map((i) => others[i]!)].sort((a, b) => a - b);
    assert.equal([indices, seed], [expected, 0]);
  }
});

test('what cannot be chosen is a wrong use', () => {
  const cases: [number, SampleOptions, RegExp][] = [
    [0, {}, /--calibration_size: expected at most 0, the number of files in the calibration directory, got 1\./],
    [5, { size: 6 }, /--calibration_size: expected at most 5.*got 6\./],
    [5, { size: 0 }, /--calibration_size: expected an integer of at least 1, got 0/],
    [5, { size: 1.5 }, /--calibration_size/],
    [5, { size: 1, seed: -1 }, /--calibration_seed: expected an integer from 0 to 4294967295, got -1/],
    [5, { size: 1, seed: 2 ** 32 }, /--calibration_seed/],
    [5, { seed: 1, indices: [1] }, /--calibration_seed: expected either a seed or --calibration_indices, got both/],
    [5, { indices: [5] }, /--calibration_indices: expected integers from 0 to 4.*got 5/],
    [5, { indices: [-1] }, /--calibration_indices/],
    [5, { indices: [1, 2, 1] }, /expected each index once, got 1 twice/],
    [5, { indices: [1, 2, 3], size: 2 }, /--calibration_size: expected at least 3.*got 2/],
    [5, { indices: [] }, /--calibration_size: expected an integer of at least 1/],
  ];
  for (const [count, options, message] of cases) {
    assert.throws(
      () => chooseSample(count, options),
      (error: XfdnnError) =>
        error.code === 'usage' && (message.test(error.message) || assert.unreachable(error.message)),
    );
  }
});

test('a list of indices is checked in linear time', () => {
  const indices = Array.from({ length: 300_000 }, (_, i) => i);
  const begin = process.cpuUsage();
  assert.is(chooseSample(indices.length, { indices }).indices.length, indices.length);
  assert.ok(process.cpuUsage(begin).user < 5e6);
});

const golden = join(shared, 'golden');

function json<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as T;
}

testShared('the numpy sampler draws what NumPy draws', () => {
  for (const { n, k, seed, indices } of json<{ n: number; k: number; seed: number; indices: number[] }[]>(
    golden,
    'sampler.json',
  )) {
    assert.equal(draw(n, k, seed, 'numpy'), indices, `${n} ${k} ${seed}`);
  }
});

test.run();
