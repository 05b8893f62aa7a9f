import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/index.js';
import { goldenCase, importGolden } from './golden.js';

const opsOf = (name: string): string[] => dropUnused(importGolden(goldenCase(name))).nodes.map((node) => node.op);

test('a dropout that keeps everything vanishes', () => {
  assert.equal(opsOf('dropout_rate_zero'), ['input', 'relu']);
  assert.equal(opsOf('dropout_keep_one'), ['input', 'inner-product']);
});

test.run();
