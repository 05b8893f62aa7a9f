import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { network, quantizedNetwork } from './quantized.js';

const { xfdnn } = quantizedNetwork();
const batch = ['--calibration_directory', 'images', '--calibration_indices', '0,1'];

test('an error is one object on stdout with --json', () => {
  const missing = xfdnn('check', 'none.json', '--json');
  assert.equal([missing.code, missing.error], [1, '']);
  assert.equal(JSON.parse(missing.output), {
    error: {
      code: 'file',
      message: 'none.json: expected a file, found nothing there. Check the path.',
      where: 'none.json',
      detail: 'expected a file, found nothing there.',
      hint: 'Check the path.',
    },
  });
  const unknown = xfdnn('quantize', '--json', '--strange');
  assert.equal([unknown.code, unknown.error], [2, '']);
  assert.is(JSON.parse(unknown.output).error.code, 'usage');
});

test('quantize, run, rescale and check give JSON', () => {
  const quantized = xfdnn('quantize', ...network, ...batch, '--json', '--quiet', '--output_json', 'other.json');
  const result = JSON.parse(quantized.output);
  assert.equal(
    [result.output, result.entries.length, result.files.names, result.framework, result.verification],
    ['other.json', 2, ['0.png', '1.png'], 'caffe', null],
  );
  const ran = xfdnn('run', ...network, '--images', 'images', '--output_dir', 'blobs', '--json', '--quiet');
  assert.equal(JSON.parse(ran.output).files, [{ name: 'fc', path: 'blobs/fc.npy', shape: [4, 2] }]);
  assert.is(JSON.parse(xfdnn('rescale', 'q.json', '--overlay', 'v3', '-o', 'v3.json', '--json').output).overlay, 'v3');
  const plan = xfdnn('inspect', '--deploy_model', 'net.prototxt', '--plan', '--json');
  assert.is(JSON.parse(plan.output).layers[1].name, 'conv1');
});

test('--log json writes every line of stderr as an object', () => {
  const { error } = xfdnn('quantize', ...network, ...batch, '--log', 'json', '--output_json', 'other.json');
  const lines = error
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ level, unit, done, total }) => level === 'progress' && unit === 'layers' && done <= total));
  assert.ok(lines.some(({ level, message }) => level === 'note' && /^done in [\d.]+ s$/.test(message)));
  const failed = xfdnn('check', 'none.json', '--log', 'json');
  assert.equal([JSON.parse(failed.error).level, failed.output], ['error', '']);
});

test('colours are on demand, and off in a pipe', () => {
  const verify = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet', '--image_count', '1'];
  assert.not.match(xfdnn(...verify).output, /\x1b/);
  const wide = xfdnn(...verify, '--color', 'always', '--wide').output;
  assert.match(wide, /^layer +bits +th_in /m);
  const [narrow = ''] = xfdnn(...verify).output.split('\n\n');
  assert.ok(narrow.split('\n').every((line) => line.length <= 100));
});

test.run();
