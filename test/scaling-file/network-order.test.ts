import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entryLayers } from '../../src/placement/entry-layers.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { inNetworkOrder, misplaced } from '../../src/scaling-file/network-order.js';
import { CONVOLUTION, networkOf } from '../placement/networks.js';

const names = ['a', 'b', 'c', 'd', 'e'];
const graph = networkOf(
  names.map((name, i) => ['Convolution', i === 0 ? 'data' : names[i - 1]!, name, CONVOLUTION] as const),
);
const layers = entryLayers(graph, new Set(names));
const entries = (order: string): ScalingEntry[] => [...order].map((name) => ({ name }) as ScalingEntry);

test('entries are sorted by their layers; those without a layer come last, in their order', () => {
  const sorted = inNetworkOrder(entries('zcabyed'), layers).map(({ name }) => name);
  assert.is(sorted.join(''), 'abcdezy');
});

test('the fewest entries are named that have to move', () => {
  const moved = (order: string): string[] =>
    misplaced(entries(order), layers).map(({ entry, message }) => `${entry} ${message.split(':')[0]}`);
  assert.equal(moved('abcde'), []);
  assert.equal(moved('bcdea'), ['a expected its entry before that of "b"']);
  assert.equal(moved('aecbd'), ['e expected its entry after that of "d"', 'b expected its entry after that of "a"']);
  assert.equal(
    moved('bxa').map((line) => line[0]),
    ['a'],
    'an entry without a layer has no order',
  );
  assert.is(moved('edcba').length, 4);
});

test.run();
