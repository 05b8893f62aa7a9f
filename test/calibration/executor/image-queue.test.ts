import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { balance, claimImages, openImageQueues } from '../../../src/calibration/executor/image-queue.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('members that claim in turn share all images, in any order of claims', () => {
  const [a, b] = openImageQueues(5, 2).map(claimImages) as [Generator<number, void>, Generator<number, void>];
  assert.equal(
    [a, a, b, a, b, b, a].map((draw) => draw.next().value),
    [0, 1, 2, 3, 4, undefined, undefined],
  );
});

test('without shared memory each member has its own images', () => {
  const drawn = openImageQueues(5, 2).map((draw) => [...claimImages({ ...draw, next: null })]);
  assert.equal(drawn, [
    [0, 2, 4],
    [1, 3],
  ]);
  assert.equal(
    openImageQueues(3, 1).map((draw) => [...claimImages(draw)]),
    [[0, 1, 2]],
  );
});

test('after the transfers all members have the same number of images, or one more', () => {
  for (const counts of [[9, 3], [0, 0, 7], [5], [1, 1], [4, 0, 0, 0, 9], [2, 3], [3, 2], [0, 1], [10, 9, 1]]) {
    let first = 0;
    const owned = counts.map((count) => numbers(count).map(() => first++));
    const after = owned.map((images) => new Set(images));
    for (const { from, to, images } of balance(owned)) {
      for (const image of images) {
        assert.ok(after[from]!.delete(image), `${counts}: ${from} gives ${image}, which is not its own`);
        after[to]!.add(image);
      }
    }
    const sizes = after.map(({ size }) => size);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${counts} became ${sizes}`);
    assert.equal(
      after.flatMap((images) => [...images]).sort((x, y) => x - y),
      numbers(first),
    );
  }
});

test('balanced members transfer nothing', () => {
  assert.equal(balance([[0, 2], [1]]), []);
  assert.equal(balance([[1], [0, 2]]), []);
});

test.run();
