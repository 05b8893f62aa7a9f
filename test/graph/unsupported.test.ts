import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupedByType } from '../../src/graph/unsupported.js';

test('layers of one type stand together, in the order of their first', () => {
  const titles = ['"a" (Box)', '"d" (Det)', '"b" (Box)', '"c" (Box; field x)', '"odd" (name)" (Box)'];
  assert.equal(groupedByType(titles), ['"a", "b", "odd" (name)" (Box)', '"d" (Det)', '"c" (Box; field x)']);
  assert.equal(groupedByType([]), []);
});

test.run();
