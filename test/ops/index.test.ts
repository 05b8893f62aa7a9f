import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caffeOp, opOf, ops, tensorFlowOps } from '../../src/ops/index.js';
import { root } from '../support.js';

const folder = join(root, 'test/ops');

test('every operator is found by its name and by each of its spellings', () => {
  assert.is(new Set(ops.map((op) => op.name)).size, ops.length);
  for (const op of ops) {
    assert.is(opOf({ op: op.name }), op);
    for (const type of op.caffe?.types ?? []) assert.is(caffeOp(type), op, type);
    for (const type of op.tensorflow?.types ?? []) assert.ok(tensorFlowOps(type).includes(op), type);
  }
  assert.is(caffeOp('NoSuchLayer'), undefined);
  assert.equal(tensorFlowOps('NoSuchNode'), []);
  assert.throws(() => opOf({ op: 'nothing' }), /no operator is named "nothing"/);
});

test('every file of src/ops that declares an operator is in the table', () => {
  const source = join(root, 'src/ops');
  const declared = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(source, file), 'utf8').matchAll(/^ {2}name: '([\w-]+)',$|hostMap<\w+>\(\s*'([\w-]+)'/gm),
    ])
    .map((match) => match[1] ?? match[2] ?? '');
  const names = ops.map((op) => op.name);
  assert.equal(
    declared.filter((name) => !names.includes(name)),
    [],
    `expected in the table of src/ops/index.ts: ${declared.filter((name) => !names.includes(name)).join(', ')}`,
  );
  assert.equal(declared.length, names.length);
});

test('every operator has cases in the test file of its name', () => {
  const without = ops
    .map((op) => op.name)
    .filter((name) => {
      const file = join(folder, `${name}.test.ts`);
      const identifier = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return !existsSync(file) || !new RegExp(`runCases\\(\\s*${identifier},`).test(readFileSync(file, 'utf8'));
    });
  assert.equal(without, [], `expected runCases(operator, ...) in test/ops/<operator>.test.ts of ${without.join(', ')}`);
});

test.run();
