import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from './command.js';
import { prototxt, smallNetwork } from './fixtures.js';

const folder = smallNetwork({ 'net.txt': prototxt });

test('the table and the JSON show the same layers', () => {
  const inspect = ['inspect', '--deploy_model', 'net.prototxt'];
  const text = runProgram('xfdnn', folder, inspect);
  assert.equal([text.code, text.error], [0, '']);
  const json = JSON.parse(runProgram('xfdnn', folder, [...inspect, '--json']).output);
  const lines = text.output.split('\n');
  for (const { name, type } of json.layers)
    assert.ok(
      lines.some((line) => new RegExp(`^${name} +${type} `).test(line)),
      name,
    );
  assert.match(text.output, /^6 layers, 384 parameters, 7,824 MACs$/m);
});

test('a prototxt named by an unusual ending is known by the weights or its text', () => {
  assert.is(runProgram('xfdnn', folder, ['inspect', '--deploy_model', 'net.txt']).code, 0);
});

test.run();
