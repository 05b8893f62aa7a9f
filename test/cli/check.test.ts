import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatScaling } from '../../src/scaling-file/format.js';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork({ 'broken.json': '{"network": [\n  {"name" 1}]}' });

test('a file that quantize wrote has no faults', () => {
  const { code, output, error } = xfdnn('check', 'q.json', ...network);
  assert.equal([code, output, error], [0, '2 entries for overlay v2: 0 faults, 0 warnings\n', '']);
  assert.is(xfdnn('check', 'q.json', '--deploy_model', 'net.prototxt').code, 0);
  assert.is(xfdnn('check', 'q.json').code, 0);
});

test('check names each fault with its entry, fails, and repairs', () => {
  const broken = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  broken.network[0].scale[1] += 1;
  broken.network[1].sf_layer_in *= 2;
  writeFileSync(path('bad.json'), formatScaling(broken.network));
  const found = xfdnn('check', 'bad.json', ...network);
  assert.is(found.code, 3);
  assert.match(
    found.output,
    /^bad\.json: entry "conv1": scale\[1\]: expected \d+, which follows from the thresholds, got \d+\.$/m,
  );
  assert.match(
    found.output,
    /^bad\.json: entry "conv2": sf_layer_in: expected th_layer_in \/ 127 = [\d.]+, got [\d.]+\.$/m,
  );
  const json = JSON.parse(xfdnn('check', 'bad.json', '--json').output);
  assert.equal(
    json.faults.map(({ entry, key }: { entry: string; key: string }) => [entry, key]),
    [
      ['conv1', 'scale'],
      ['conv2', 'sf_layer_in'],
    ],
  );
  const repaired = xfdnn('check', 'bad.json', ...network, '--fix', '-o', 'good.json');
  assert.equal(
    [repaired.code, repaired.output],
    [0, '2 entries for overlay v2: 0 faults, 0 warnings, 2 findings repaired in good.json\n'],
  );
  assert.is(readFileSync(path('good.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
});

test('one scale that the overlay does not hold is a fault of its entry, and the file stays one of its overlay', () => {
  const { network: entries } = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  const right = entries[0].scale[0];
  entries[0].scale[0] = 300;
  writeFileSync(path('odd.json'), formatScaling(entries));
  const line = `odd.json: entry "conv1": scale[0]: expected ${right}, which follows from the thresholds, got 300, beyond the limit of 256 of overlay v2.\n`;
  for (const overlay of [[], ['--overlay', 'v2']]) {
    const { code, output } = xfdnn('check', 'odd.json', ...overlay);
    assert.equal([code, output], [3, `${line}2 entries for overlay v2: 1 fault, 0 warnings\n`]);
  }
  const forV3 = xfdnn('check', 'odd.json', '--overlay', 'v3');
  assert.is(forV3.code, 3);
  assert.match(forV3.output, /2 entries for overlay v3 \(most entries are for v2\): \d+ faults/);
  refused(
    folder,
    ['check', 'odd.json', '--overlay', 'v3', '--fix'],
    2,
    /^--overlay: odd\.json is a file for overlay v2, got v3\..*xfdnn rescale/,
  );
  const images = ['--images', 'images', ...network];
  const message = /^odd\.json: entry "conv1": scale\[0\]: expected 0 to 256, the limit of overlay v2, got 300\./;
  for (const overlay of [[], ['--overlay', 'v2']])
    for (const words of [['verify'], ['export', 'kit'], ['run', '--output_dir', 'blobs']])
      refused(folder, [...words, '--scaling', 'odd.json', ...images, ...overlay], 1, message);
  const fixed = xfdnn('check', 'odd.json', '--fix', '-o', 'even.json');
  assert.equal(
    [fixed.code, fixed.output],
    [0, '2 entries for overlay v2: 0 faults, 0 warnings, 1 finding repaired in even.json\n'],
  );
  assert.is(readFileSync(path('even.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
});

test('a width that was changed is the fault of its entry; a repair says what it leaves', () => {
  const { network: entries } = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  entries[0].bw_layer_in = 16;
  writeFileSync(path('wide.json'), formatScaling(entries));
  const line = 'entry "conv1": bw_layer_in: expected 8, which scale factors and triples agree on, got 16.';
  const found = xfdnn('check', 'wide.json');
  assert.equal([found.code, found.output], [3, `wide.json: ${line}\n2 entries for overlay v2: 1 fault, 0 warnings\n`]);
  const fixed = xfdnn('check', 'wide.json', '--fix', '-o', 'narrow.json');
  assert.is(fixed.code, 3);
  assert.match(
    fixed.output,
    /1 fault, 0 warnings, 0 findings repaired in narrow\.json\nThe faults above stay: they do not follow/,
  );
});

test('a file of another network is named as one, by check and by what runs it', () => {
  const { network: entries } = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  const others = entries.map((entry: { name: string }, i: number) => ({ ...entry, name: `other${i}` }));
  writeFileSync(path('others.json'), formatScaling(others));
  const found = xfdnn('check', 'others.json', ...network);
  assert.is(found.code, 3);
  assert.match(
    found.output,
    /^others\.json: entry "other0": name: expected a file of this network, got one that shares 0 of its 2 names .*looks like another network's file\./,
  );
  const flags = ['--scaling', 'others.json', '--images', 'images', ...network];
  for (const words of [['verify'], ['export', 'kit']])
    refused(folder, [...words, ...flags], 1, /^--scaling: expected a file of the network.* shares 0 of its 2 names/);
});

test('what check refuses', () => {
  refused(folder, ['check', 'broken.json'], 1, /^broken\.json:2:11: expected ":", got "1"\.$/);
  refused(folder, ['check', 'none.json'], 1, /^none\.json: expected a file, found nothing there\./);
});

test('weights of no network are refused', () => {
  refused(
    folder,
    ['check', 'q.json', '--weights', 'net.caffemodel'],
    2,
    /^--weights: expected --deploy_model beside it, got none\./,
  );
});

test.run();
