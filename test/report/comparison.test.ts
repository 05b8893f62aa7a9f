import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparisonText } from '../../src/report/comparison.js';

const comparison = {
  moves: [
    { entry: 'conv1', key: 'bw_params', from: 8, to: 16, relative: Infinity, count: 1 },
    { entry: 'conv1', key: 'th_params', channel: 3, from: 0.5, to: 0.51, relative: 0.0196, count: 7 },
  ],
  onlyFirst: ['pool3'],
  onlySecond: [],
};

test('changes within the tolerance are counted and not listed', () => {
  const text = comparisonText({ ...comparison, tolerance: 0.05 }, 'a.json', 'b.json');
  assert.not.match(text, /th_params/);
  assert.match(text, /^2 keys moved, 1 of them by more than 5\.00 %;/m);
  assert.match(comparisonText({ ...comparison, tolerance: 0.05 }, 'a', 'b', { wide: true }), /th_params/);
});

test('widths differ, numbers move by a percentage, entries of one file are named', () => {
  const text = comparisonText({ ...comparison, tolerance: 0.01 }, 'a.json', 'b.json');
  assert.equal(text.split('\n'), [
    'entry  key           first  second  moved by  elements',
    '-----  ------------  -----  ------  --------  --------',
    'conv1  bw_params         8      16  differs          1',
    'conv1  th_params[3]    0.5    0.51  1.96 %           7',
    '',
    'entry "pool3" is only in a.json',
    '2 keys moved, 2 of them by more than 1.00 %; 1 entry is in one file only',
    '',
  ]);
});

test.run();
