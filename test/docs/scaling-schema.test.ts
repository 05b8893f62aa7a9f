import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root, shared, testShared } from '../support.js';
import { violations } from './schema-checker.js';

const schema = JSON.parse(readFileSync(join(root, 'docs/scaling-file.schema.json'), 'utf8'));

const entry = {
  name: 'conv1',
  bw_layer_in: 8,
  bw_layer_out: 8,
  bw_params: 8,
  th_layer_in: 151.5,
  th_layer_out: 2,
  th_params: [1],
  sf_layer_in: 1.2,
  sf_layer_out: 0.1,
  sf_params: [0.1],
  prescale_shift: [1],
  scale: [100],
  postscale_shift: [7],
};

testShared('recorded scaling files follow the schema', () => {
  const walk = join(shared, 'golden/walk');
  const files = readdirSync(join(shared, 'golden/scaling')).map((name) => join(shared, 'golden/scaling', name));
  for (const name of readdirSync(walk)) files.push(join(walk, name, 'expected.json'));
  const present = files.filter(existsSync);
  assert.ok(present.length > 10);
  for (const file of present) assert.equal(violations(schema, JSON.parse(readFileSync(file, 'utf8'))), [], file);
});

test('what breaks the schema is found', () => {
  assert.equal(violations(schema, { network: [entry] }), []);
  assert.equal(violations(schema, {}), ['$: required network']);
  const { scale: _scale, sf_params: _sfParams, ...rest } = entry;
  const broken = { ...rest, bw_layer_in: 4, th_layer_in: -1, prescale_shift: [0.5], name: '' };
  assert.equal(violations(schema, { network: [broken] }).sort(), [
    '$.network[0].bw_layer_in: enum',
    '$.network[0].name: minLength',
    '$.network[0].prescale_shift[0]: type',
    '$.network[0].th_layer_in: minimum',
    '$.network[0]: dependentRequired sf_params',
    '$.network[0]: dependentRequired sf_params',
    '$.network[0]: required scale',
  ]);
});

test.run();
