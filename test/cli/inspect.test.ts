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

test('layers that are not supported are named by type, each type on lines of its own within 100 columns', () => {
  const boxes = Array.from(
    { length: 12 },
    (_, i) => `layer { name: "proposals/box${i}" type: "Box" bottom: "fc" top: "b${i}" }`,
  );
  const more = 'layer { name: "det" type: "Det" bottom: "fc" top: "det" }';
  const broken = smallNetwork({ 'net.prototxt': [prototxt, ...boxes, more].join('\n') });
  const { code, output } = runProgram('xfdnn', broken, ['inspect', '--deploy_model', 'net.prototxt']);
  assert.is(code, 3);
  const list = /\nnot supported: 13 layers:\n([\s\S]*)$/.exec(output)?.[1] ?? '';
  assert.match(
    list,
    /^ {2}"proposals\/box0", "proposals\/box1", [\s\S]*\n {4}"proposals\/box[\s\S]*"proposals\/box11" \(Box\)\n {2}"det" \(Det\)\n$/,
  );
  const images = ['--calibration_directory', 'images', '--calibration_seed', '1'];
  const refusals = [
    runProgram('xfdnn', broken, [
      'quantize',
      '--deploy_model',
      'net.prototxt',
      '--weights',
      'net.caffemodel',
      ...images,
    ]),
    runProgram('xfdnn', broken, ['inspect', '--plan', '--deploy_model', 'net.prototxt']),
  ];
  for (const { error } of refusals) {
    assert.ok(error.includes(list), error);
    assert.match(error, /\nUse --output_layer to stop before them\.\n$/);
    assert.ok(
      error.split('\n').every(({ length }) => length <= 100),
      error,
    );
  }
  const json = JSON.parse(
    runProgram('xfdnn', broken, ['inspect', '--plan', '--deploy_model', 'net.prototxt', '--json']).output,
  );
  assert.match(
    json.error.message,
    /^net\.prototxt: expected layers that can be run, got "proposals\/box0", [^\n]*"det" \(Det\)\. Use/,
  );
});

test.run();
