import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constant } from '../../src/tensorflow/constant.js';
import {
  difference,
  evenlySpaced,
  inverse,
  mapAxes,
  permuteByFormat,
  places,
} from '../../src/tensorflow/constant-moves.js';

const ints = (...values: number[]) => constant('DT_INT32', [values.length], values);

test('numbers from one to another', () => {
  const start = constant('DT_FLOAT', [], [-1]);
  assert.equal([...evenlySpaced(start, 1, 5).data], [-1, -0.5, 0, 0.5, 1]);
  assert.equal([...evenlySpaced(start, 1, 1).data], [-1]);
});

test('the inverse of a permutation; a list that is none', () => {
  assert.equal([...inverse(ints(2, 0, 3, 1)).data], [1, 3, 0, 2]);
  for (const list of [ints(0, 2, 2), ints(0, 3, 1)]) assert.throws(() => inverse(list), /expected a permutation, got/);
});

test('sizes and axes in the order of another format', () => {
  assert.equal([...permuteByFormat(ints(1, 8, 6, 3)).data], [1, 3, 8, 6]);
  assert.equal([...permuteByFormat(ints(1, 3, 8, 6), 'NCHW', 'NHWC').data], [1, 8, 6, 3]);
  assert.equal([...permuteByFormat(ints(8, 6)).data], [8, 6]);
  assert.equal(
    [...permuteByFormat(constant('DT_INT32', [4, 2], [0, 0, 1, 2, 3, 4, 0, 0])).data],
    [0, 0, 0, 0, 1, 2, 3, 4],
  );
  assert.equal([...mapAxes(ints(1, 2, 3, -1)).data], [2, 3, 1, 1]);
  assert.throws(() => permuteByFormat(ints(1, 2, 3)), /expected 4 or 2 entries for NHWC, got 3/);
  assert.throws(() => mapAxes(ints(4)), /expected axes of NHWC, got 4/);
});

test('positions of what is not 0; what a list has and another lacks', () => {
  const found = places(constant('DT_BOOL', [2, 3], [0, 1, 0, 1, 0, 1]));
  assert.equal(
    [found.shape, [...found.data]],
    [
      [3, 2],
      [0, 1, 1, 0, 1, 2],
    ],
  );
  assert.equal(places(constant('DT_BOOL', [2], [0, 0])).shape, [0, 1]);
  const [values, indices] = difference(ints(0, 5, 2, 3), ints(2, 0));
  assert.equal(
    [[...values!.data], [...indices!.data]],
    [
      [5, 3],
      [1, 3],
    ],
  );
});

test.run();
