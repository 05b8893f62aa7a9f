import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Layer } from '../../src/caffe/layer.js';
import { testLayers } from '../../src/caffe/phases.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { throws } from '../throws.js';

const read = (text: string) => readPrototxt(text, 'net');
const names = (layers: readonly Layer[]) => layers.map((layer) => layer.name).join(' ');
const rule = (name: string, rules: string) => `layer { name: "${name}" type: "ReLU" ${rules} }`;

test('include and exclude rules', () => {
  const cases: [string, boolean][] = [
    ['', true],
    ['include { phase: TEST }', true],
    ['include { phase: TRAIN }', false],
    ['include { phase: TRAIN } include { phase: TEST }', true],
    ['exclude { phase: TRAIN }', true],
    ['exclude { phase: TEST }', false],
    ['include { }', true],
    ['exclude { }', false],
    ['include { min_level: 1 }', false],
    ['include { min_level: 0 max_level: 0 }', true],
    ['include { max_level: -1 }', false],
    ['include { stage: "deploy" }', false],
    ['include { not_stage: "deploy" }', true],
    ['exclude { not_stage: "deploy" }', false],
  ];
  for (const [rules, expected] of cases) assert.is(testLayers(read(rule('x', rules))).length, expected ? 1 : 0, rules);
  throws(
    () => testLayers(read(rule('x', 'include { } exclude { }'))),
    /^net:1:1: layer "x" \(ReLU\): expected include or exclude rules, got both\.$/,
  );
});

test('level and stages of the file', () => {
  const text =
    'state { phase: TRAIN level: 2 stage: "deploy" stage: "x" }' +
    rule('a', 'include { min_level: 2 stage: "deploy" }') +
    rule('b', 'include { stage: ["deploy", "y"] }') +
    rule('c', 'exclude { stage: "x" }') +
    rule('d', 'include { phase: TRAIN }');
  assert.is(names(testLayers(read(text))), 'a');
});

test.run();
