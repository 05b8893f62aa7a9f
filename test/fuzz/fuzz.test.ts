import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caseOf, findingIn, minimised } from './finding.js';
import { kinds } from './kinds.js';

/** Cases of each kind; `npm run fuzz` runs as many as one likes, `npm run coverage -- fuzz` more here. */
const CASES = Number(process.env['XFDNN_FUZZ_CASES'] ?? 40);

for (const kind of Object.keys(kinds)) {
  test(`${CASES} cases of ${kind} end well or in one clear error`, async () => {
    // Other tests ran in this process.
    const held = process.memoryUsage().rss;
    for (let index = 0; index < CASES; index++) {
      const finding = await findingIn(kind, caseOf(kind, 2018, index), held);
      assert.is(finding, undefined, `seed 2018, case ${index}: ${finding}`);
    }
  });
}

test('the same seed gives the same cases, another one others', () => {
  for (const kind of Object.keys(kinds)) assert.equal(caseOf(kind, 1, 3), caseOf(kind, 1, 3));
  assert.not.equal(caseOf('prototxt', 1, 3), caseOf('prototxt', 2, 3));
});

test('a case without a finding stays as it is', async () => {
  const bytes = caseOf('npy', 1, 1);
  assert.equal(await minimised('npy', bytes, 'nothing like this'), bytes);
});

test.run();
