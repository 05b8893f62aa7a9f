import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.js';
import { prepareInputs } from './inputs.js';
import { perform, readHashes } from './perform.js';
import { runs } from './runs.js';

const scratch = scratchFolder();
const recorded = Object.entries(readHashes());

test.before(() => prepareInputs(scratch));

for (const run of runs.filter((each) => !each.needsShared)) {
  test(`${run.name}: the recorded outputs`, async () => {
    const expected = Object.fromEntries(recorded.filter(([name]) => name.startsWith(`${run.name}/`)));
    assert.equal(await perform(run, scratch), expected);
  });
}

test.run();
