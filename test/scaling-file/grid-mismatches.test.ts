import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridMismatches } from '../../src/scaling-file/grid-mismatches.js';
import { CONVOLUTION, gridEntries, networkOf } from '../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'a', CONVOLUTION],
  ['Convolution', 'a', 'b', CONVOLUTION],
  ['Eltwise', 'a b', 'sum'],
]);
const found = (thresholds: Parameters<typeof gridEntries>[0], bits?: number): string[] =>
  gridMismatches([...gridEntries(thresholds, bits).values()], graph).map(
    ({ entry, key, message }) => `${entry} ${key} ${message}`,
  );

test('nothing is said where every value is on the grid of its readers', () => {
  assert.equal(found({ a: [7, 5], b: [5, 5], sum: [5, 4] }), []);
});

test('each input on another grid is named with both', () => {
  assert.equal(found({ a: [7, 5], b: [5, 6], sum: [6, 4] }), [
    'sum th_layer_in is 6 at 8 bits, but "a" has 5 at 8 bits: its codes are rescaled.',
  ]);
  assert.equal(found({ a: [7, 5], b: [6, 6], sum: [9, 4] }, 16), [
    'b th_layer_in is 6 at 16 bits, but "a" has 5 at 16 bits: its codes are rescaled.',
    'sum th_layer_in is 9 at 16 bits, but "a" has 5 at 16 bits: its codes are rescaled.',
    'sum th_layer_in is 9 at 16 bits, but "b" has 6 at 16 bits: its codes are rescaled.',
  ]);
});

test.run();
