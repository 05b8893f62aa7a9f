import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork({
  'labels.txt': '0.png 0\n1.png 1\n2.png 0\n3.png 1\n',
  'few.txt': '0.png 0\n',
});

test('verify prints a line per layer, and is a gate where asked to', () => {
  const flags = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet'];
  const plain = xfdnn(...flags, '--labels', 'labels.txt');
  assert.equal([plain.code, plain.error], [0, '']);
  for (const layer of ['data', 'conv1 + relu1', 'pool1', 'conv2', 'fc'])
    assert.ok(
      plain.output.split('\n').some((line) => line.startsWith(`${layer} `)),
      layer,
    );
  assert.match(plain.output, /^Agreement with float at "fc": top-1 [\d.]+ %\.$/m);
  assert.match(plain.output, /^Accuracy in float: top-1 [\d.]+ %; on the overlay: top-1 [\d.]+ %\.$/m);
  assert.match(plain.output, /\nLayer "\w+" \(\w+\) hurts most: .*\nVerdict: (good|degraded|broken); /);
  const json = JSON.parse(xfdnn(...flags, '--json').output);
  assert.equal(
    json.layers.map(({ name }: { name: string }) => name),
    ['data', 'conv1', 'pool1', 'conv2', 'fc'],
  );
  const missed = xfdnn(...flags, '--min_sqnr', '200');
  assert.is(missed.code, 3);
  assert.match(
    missed.error,
    /^--min_sqnr: expected at least 200 dB at every layer, got [\d.-]+ dB at layer "\w+"\.\n$/,
  );
  assert.is(xfdnn(...flags, '--min_agreement', '0%', '--labels', 'labels.txt', '--max_accuracy_drop', '1').code, 0);
});

test('--summary in place of the table; --expect_accuracy is a gate on the float network', () => {
  const flags = [
    'verify',
    ...network,
    '--scaling',
    'q.json',
    '--images',
    'images',
    '--quiet',
    '--labels',
    'labels.txt',
  ];
  const gated = [...flags, '--min_agreement', '0', '--min_sqnr', '200'];
  const markdown = xfdnn(...gated, '--summary', 'markdown');
  assert.is(markdown.code, 3);
  assert.match(markdown.output, /^### xfdnn verify: \w+, 1 gate missed\n/);
  const junit = xfdnn(...gated, '--summary', 'junit').output;
  assert.match(junit, /tests="3" failures="1"/);
  assert.match(xfdnn(...gated, '--summary', 'github').output, /^::error file=q\.json,title=xfdnn verify::--min_sqnr: /);
  const both = xfdnn(...flags, '--summary', 'junit', '--json');
  assert.is(both.code, 2);
  assert.match(JSON.parse(both.output).error.message, /^--summary: expected no --json beside it, got both\./);
  const unlabelled = ['verify', ...network, '--scaling', 'q.json', '--images', 'images'];
  refused(folder, [...unlabelled, '--expect_accuracy', '0.9'], 2, /^--expect_accuracy: expected --labels beside it/);
  const right = JSON.parse(xfdnn(...flags, '--json').output).accuracy.float.top1;
  assert.is(xfdnn(...flags, '--expect_accuracy', String(right)).code, 0);
});

test('codes that run wrote are those of the emulation; one that changed is found', () => {
  const ran = xfdnn(
    'run',
    ...network,
    '--scaling',
    'q.json',
    '--blobs',
    'all',
    '--calibration_directory',
    'images',
    '--calibration_indices',
    '0,1',
    '--output_dir',
    'dumps',
    '--quiet',
  );
  assert.is(ran.code, 0, ran.error);
  const flags = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--dumps', 'dumps', '--quiet'];
  const equal = xfdnn(...flags);
  assert.is(equal.code, 0, equal.error);
  assert.match(equal.output, /\nAll dumps equal the emulation\.\n$/);
  const { shape, data } = readNpy(readFileSync(path('dumps/conv2.npy')), 'conv2.npy');
  assert.equal([shape, data.constructor], [[2, 6, 2, 2], Int8Array]);
  data[24 + 3 * 4 + 1]! += 2;
  writeFileSync(path('dumps/conv2.npy'), writeNpy({ shape, data: data as Int8Array }));
  const differs = xfdnn(...flags);
  assert.is(differs.code, 3);
  assert.match(
    differs.output,
    /\nLayer "conv2" \(conv2\.npy\) differs first: image 1, channel 3, row 0, column 1: the dump has -?\d+, the emulation -?\d+; 1 of 48 values differ, by at most 2\.\n$/,
  );
  const junit = xfdnn(...flags, '--summary', 'junit');
  assert.is(junit.code, 3);
  assert.match(junit.output, /<testsuite name="xfdnn verify q\.json" tests="\d+" failures="[1-9]" errors="0">/);
  assert.match(
    junit.output,
    /name="conv2\.npy equals the emulation"><failure message="Layer &quot;conv2&quot; .*image 1, channel 3/,
  );
  assert.match(junit.output, /name="conv1\.npy equals the emulation"\/>/);
  assert.match(
    xfdnn(...flags, '--summary', 'github').output,
    /^::error file=q\.json,title=xfdnn verify::Layer "conv2"/,
  );
  const markdown = xfdnn(...flags, '--summary', 'markdown').output;
  assert.match(markdown, /^### xfdnn verify --dumps: \d+ dumps? differ/);
  assert.match(markdown, /^\| conv2\.npy \| conv2 \| 2 \| 48 \| 1 \| 2 \|$/m);
  const dump = (name: string, value: Parameters<typeof writeNpy>[0]): void =>
    writeFileSync(path(`dumps/${name}`), writeNpy(value));
  dump('conv2.npy', { shape: [1, 6, 2, 2], data: (data as Int8Array).slice(0, 24) });
  const fewer = xfdnn(...flags.slice(0, -1));
  assert.is(fewer.code, 0);
  assert.match(fewer.error, /^note: \d+ dumps of fewer images than the 4 that are given \(\S+: \d\): only images/m);
  dump('conv2.npy', { shape: [2, 2, 2, 6], data: data as Int8Array });
  refused(
    folder,
    flags,
    1,
    /conv2\.npy: expected an array of shape 1x6x2x2, or several along the first axis, got 2x2x2x6\./,
  );
  dump('conv2.npy', { shape, data: Float32Array.from(data) });
  refused(folder, flags, 1, /conv2\.npy: expected int8, got float32\. Dump the codes of the overlay/);
  mkdirSync(path('strange'));
  renameSync(path('dumps/conv2.npy'), path('strange/conv9.npy'));
  refused(
    folder,
    [...flags.slice(0, -3), '--dumps', 'strange', '--quiet'],
    1,
    /conv9\.npy: expected the name of a layer or blob of the network, got another\./,
  );
});

test('a file for another overlay is one sentence, before anything is run', () => {
  assert.is(xfdnn('rescale', 'q.json', '--overlay', 'v3', '-o', 'v3.json').code, 0);
  const sentence = /^--overlay: v3\.json is a file for overlay v3, got v2\. Pass --overlay v3, or make a file for v2/;
  const verify = ['verify', ...network, '--scaling', 'v3.json', '--images', 'images', '--overlay', 'v2', '--quiet'];
  refused(folder, verify, 2, sentence);
  refused(folder, ['check', 'v3.json', '--overlay', 'v2', '--fix'], 2, sentence);
});

test('a summary of a run that ends with an error says so; one of a file with faults names them', () => {
  const flags = (scaling: string): string[] => [
    'verify',
    ...network,
    '--scaling',
    scaling,
    '--images',
    'images',
    '--quiet',
  ];
  const none = xfdnn(...flags('none.json'), '--summary', 'junit');
  assert.is(none.code, 1);
  assert.match(
    none.output,
    /tests="1" failures="0" errors="1">\n {2}<testcase .*name="the verification runs"><error message="none\.json: expected a file/,
  );
  assert.match(
    xfdnn(...flags('none.json'), '--summary', 'github').output,
    /^::error file=none\.json,title=xfdnn verify::none\.json: expected/,
  );
  assert.match(
    xfdnn(...flags('none.json'), '--summary', 'markdown').output,
    /^### xfdnn verify: error\n\nnone\.json: expected/,
  );
  const { network: entries } = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  entries[0].scale[1] += 1;
  writeFileSync(path('faulty.json'), formatScaling(entries));
  const line = /faulty\.json: entry "conv1": scale\[1\]: expected \d+, which follows from the thresholds, got \d+\./;
  const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('\\', '');
  for (const form of ['junit', 'github', 'markdown']) {
    const { code, output } = xfdnn(...flags('faulty.json'), '--summary', form);
    assert.is(code, 3);
    assert.match(unescaped(output), line, form);
    assert.match(output, /1 fault as a file for overlay v2/);
  }
});

test('what verify refuses', () => {
  const verify = ['verify', ...network, '--scaling', 'q.json', '--quiet'];
  refused(folder, verify, 2, /^--images: expected a folder of images, got none\./);
  refused(
    folder,
    ['verify', ...network, '--images', 'images'],
    2,
    /^--scaling: expected a file, got none\. --help says what it is\.$/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--min_agreement', '99'],
    2,
    /^--min_agreement: expected a share such as 0\.99 or 99%, got "99"\.$/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--labels', 'few.txt'],
    1,
    /^few\.txt: expected a line for the image "1\.png", got none\./,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--max_accuracy_drop', '0.1'],
    2,
    /^--max_accuracy_drop: expected --labels/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--dumps', 'images', '--min_sqnr', '3'],
    2,
    /^--dumps: expected no --labels and no gate such as --min_sqnr/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--dumps', 'images'],
    1,
    /^images: expected dumps \(name\.npy\), got none\./,
  );
});

test.run();
