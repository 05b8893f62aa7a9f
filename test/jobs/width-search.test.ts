import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchWidths, type WidthSearch } from '../../src/jobs/width-search.js';

/** A search over layers 0 to 9 in descending order; `needed` must all be in the set, layer 7 never comes without 3. */
function searchFor(needed: readonly number[]): { search: WidthSearch<boolean>; judged: string[] } {
  const judged: string[] = [];
  return {
    judged,
    search: {
      order: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
      together: (layers) => new Set(layers.has(7) ? [...layers, 3] : layers),
      cost: (layer) => layer,
      judge: (layers) => {
        judged.push(layers.join());
        return Promise.resolve(needed.every((layer) => layers.includes(layer)));
      },
      isEnough: (judgement) => judgement,
    },
  };
}

test('the set has what is needed, what must come with it, and nothing else', async () => {
  for (const [needed, expected] of [
    [[5, 8], '5,8'],
    [[7], '3,7'],
    [[0, 9], '0,9'],
    [[3], '3'],
  ] as const) {
    const { search, judged } = searchFor(needed);
    const { layers, judgement } = await searchWidths(search);
    assert.equal([layers.join(), judgement], [expected, true]);
    assert.is(new Set(judged).size, judged.length, 'no set is judged twice');
  }
});

test('no layer where none is needed; all where all are too few', async () => {
  const none = searchFor([]);
  assert.equal((await searchWidths(none.search)).layers, []);
  assert.equal(none.judged, ['']);
  const missed = searchFor([10]);
  assert.equal(await searchWidths(missed.search), { layers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], judgement: false });
  assert.is(missed.judged.length, 2);
});

test.run();
