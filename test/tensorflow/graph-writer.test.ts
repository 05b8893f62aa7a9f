import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/index.js';
import { goldenCase, importGolden } from './golden.js';

const opsOf = (name: string): string[] => dropUnused(importGolden(goldenCase(name))).nodes.map((node) => node.op);

test('a mean over height and width is a global pooling, with a reshape if the axes go', () => {
  assert.equal(opsOf('mean_1_2_keep'), ['input', 'pooling']);
  assert.equal(opsOf('mean_1_2_drop'), ['input', 'pooling', 'reshape']);
});

test.run();
