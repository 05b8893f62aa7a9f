import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, xfdnn } = quantizedNetwork();
const flags = ['sensitivity', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet'];
const calibration = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3'];

test('sensitivity prints the ranking within 100 columns, and JSON', () => {
  const { code, output, error } = xfdnn(...flags);
  assert.equal([code, error], [0, '']);
  const lines = output.split('\n');
  assert.ok(
    lines.every((line) => line.length <= 100),
    'width',
  );
  for (const layer of ['data', 'conv1 + relu1', 'conv2'])
    assert.ok(
      lines.some((line) => line.startsWith(`${layer} `)),
      layer,
    );
  assert.match(output, /^4 images\. With every layer quantized: [\d.]+ dB, agreement with float at "fc" [\d.]+ %\.$/m);
  const json = JSON.parse(xfdnn(...flags, '--json').output);
  assert.equal([json.overlay, json.images, json.layers.length], ['v2', 4, 3]);
  const ratios = json.layers.map(({ quantized }: { quantized: { sqnr: number } }) => quantized.sqnr);
  assert.equal(
    ratios,
    [...ratios].sort((a, b) => a - b),
  );
});

test('a target is proposed layers for, or missed with exit code 3', () => {
  const reached = xfdnn(...flags, ...calibration, '--target_agreement', '0');
  assert.equal([reached.code, reached.error], [0, '']);
  assert.match(reached.output, /^Target 0\.00 % is reached without layers of 16 bits:\nagreement /m);
  const missed = xfdnn(...flags, ...calibration, '--target_agreement', '100%', '--json');
  const { proposal } = JSON.parse(missed.output);
  assert.is(missed.code, proposal.reached ? 0 : 3);
  if (!proposal.reached)
    assert.match(
      missed.error,
      /--target_agreement: expected at least 100\.00 %, got [\d.]+ % .* wherever they can be\. /,
    );
});

test('another calibration than the file was made with is warned of', () => {
  const { code, error } = xfdnn(...flags, ...calibration, '--calibrator', 'max', '--target_agreement', '0');
  assert.is(code, 0, error);
  assert.match(error, /^warning: the calibration that these flags name gives other entries than q\.json/m);
});

test('wrong flags are named before any work', () => {
  refused(
    folder,
    flags.filter((word) => word !== '--images' && word !== 'images'),
    2,
    /^--images: expected a folder/,
  );
  refused(folder, [...flags, '--target_agreement', '2'], 2, /--target_agreement: expected a share such as 0\.99/);
  refused(folder, [...flags, '--target_agreement', '0.9'], 2, /^--calibration_directory: expected a folder of images/);
});

test.run();
