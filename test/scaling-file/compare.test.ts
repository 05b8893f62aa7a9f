import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareScaling } from '../../src/scaling-file/compare.js';
import { sample } from './samples.js';

test('equal files: nothing moved', () => {
  assert.equal(compareScaling(sample(), sample()), { moves: [], onlyFirst: [], onlySecond: [] });
});

test('what moved comes worst first, with the worst channel and how many moved', () => {
  const [conv1, conv2, sum] = sample();
  const other = [
    { ...conv1!, th_layer_out: 55, th_params: [0.5, 0.3, 0.75] },
    { ...conv2!, scale: conv2!.scale.map((value, c) => value * (c === 0 ? 2 : 4)) },
    { ...sum!, bw_layer_out: 16 },
  ];
  const { moves } = compareScaling(sample(), other);
  assert.equal(
    moves.map(({ entry, key, channel, count }) => [entry, key, channel, count]),
    [
      ['sum', 'bw_layer_out', undefined, 1],
      ['conv2', 'multiplier', 1, 2],
      ['conv1', 'th_params', 1, 1],
      ['conv1', 'th_layer_out', undefined, 1],
    ],
  );
  assert.equal(
    moves.map(({ relative }) => Math.round(relative * 1000) / 1000),
    [Infinity, 0.75, 0.167, 0.091],
  );
});

test('a shift traded for a scale of the same worth is no move', () => {
  const [conv1] = sample();
  const same = {
    ...conv1!,
    scale: conv1!.scale.map((value) => value / 2),
    postscale_shift: conv1!.postscale_shift.map((shift) => shift - 1),
  };
  assert.equal(compareScaling([conv1!], [same]).moves, []);
});

test('entries of one file only, and lists of other lengths', () => {
  const [conv1, conv2] = sample();
  const { onlyFirst, onlySecond, moves } = compareScaling(
    [conv1!, conv2!],
    [
      { ...conv2!, th_params: [1] },
      { ...conv1!, name: 'new' },
    ],
  );
  assert.equal([onlyFirst, onlySecond], [['conv1'], ['new']]);
  assert.equal(
    moves.map(({ key, relative }) => [key, relative]),
    [['th_params.length', Infinity]],
  );
});

test.run();
