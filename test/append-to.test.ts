import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendTo } from '../src/append-to.js';

test('items of a key keep their order', () => {
  const lists = new Map<string, number[]>();
  for (const [key, item] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const)
    appendTo(lists, key, item);
  assert.equal(
    [...lists],
    [
      ['a', [1, 3]],
      ['b', [2]],
    ],
  );
});

test.run();
