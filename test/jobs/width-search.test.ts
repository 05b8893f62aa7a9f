import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchWidths, type WidthSearch } from '../../src/jobs/width-search.js';

/** A search over layers 0 to 9 in descending order, or in others; one of the sets `needed` must be in the set, layer 7 never comes without 3. */
function searchFor(
  needed: readonly number[],
  ...others: (readonly number[])[]
): { search: WidthSearch<boolean>; judged: string[] } {
  const judged: string[] = [];
  return {
    judged,
    search: {
      orders: [[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], ...others.slice(0, 1)],
      together: (layers) => new Set(layers.has(7) ? [...layers, 3] : layers),
      cost: (layer) => layer,
      judge: (layers) => {
        judged.push(layers.join());
        return Promise.resolve(
          [needed, ...others.slice(1)].some((set) => set.every((layer) => layers.includes(layer))),
        );
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
  assert.is(missed.judged.length, 6, 'none, 1, 2, 4, 8 and all');
});

test('of two orders the cheaper set counts, and dearer beginnings of the second are not judged', async () => {
  const ascending = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const cheaper = searchFor([9], ascending, [1, 2]);
  assert.equal((await searchWidths(cheaper.search)).layers, [1, 2]);
  const dearer = searchFor([9], ascending);
  assert.equal((await searchWidths(dearer.search)).layers, [9]);
  assert.equal(dearer.judged, ['', '9', '0', '0,1', '0,1,2,3'], 'the next beginning costs more than 9');
});

test.run();
