import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/cli/config.js';
import { xfdnnProgram } from '../../src/cli/main.js';
import { violations } from '../docs/schema-checker.js';
import { root } from '../support.js';
import { type Ended, runProgram } from './command.js';
import { png, smallNetwork } from './fixtures.js';

const folder = smallNetwork();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const xfdnn = (...words: string[]): Ended => runProgram('xfdnn', folder, words);

const settings = {
  deploy_model: 'net.prototxt',
  weights: 'net.caffemodel',
  calibration_directory: 'images',
  calibration_size: 3,
  overlay: 'v3',
  bitwidths: [8, 16, 16],
  output_json: 'a.json',
  manifest: 'm.json',
  no_quick_look: true,
  power_of_two: false,
  quiet: true,
};
const config = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));

test('a configuration holds flags, and those of the command line win', () => {
  config('c.json', settings);
  const { code, error } = xfdnn('quantize', '--config', 'c.json');
  assert.equal([code, error], [0, '']);
  const manifest = JSON.parse(read('m.json'));
  assert.equal(manifest.resolved.bitwidths, [8, 16, 16]);
  assert.is(manifest.resolved.overlay, 'v3');
  assert.is(manifest.images.length, 3);
  assert.is(runProgram('quantize', folder, ['--config=c.json', '--overlay', 'v2', '--output_json=b.json']).code, 0);
  assert.is(JSON.parse(read('m.json')).resolved.overlay, 'v2');
  assert.is.not(read('a.json'), read('b.json'));
});

const wrong: readonly (readonly [content: string, code: number, line: RegExp])[] = [
  ['{"overlay": 3}', 2, /^w\.json: expected "overlay" to be a string, got 3\./],
  ['{"threads": "2"}', 2, /^w\.json: expected "threads" to be a number, got "2"\./],
  ['{"bitwidths": 8}', 2, /^w\.json: expected "bitwidths" to be a list of numbers, got 8\./],
  ['{"quiet": 1}', 2, /^w\.json: expected "quiet" to be true or false, got 1\./],
  ['{"overlays": "v3"}', 2, /^w\.json: expected flags of quantize, got "overlays"\. Did you mean "overlay"\?/],
  ['[1]', 1, /^w\.json: expected an object of flags/],
  ['{', 1, /^w\.json: expected JSON/],
];
for (const [content, code, line] of wrong)
  test(`a configuration of ${content} is refused`, () => {
    writeFileSync(join(folder, 'w.json'), content);
    const ended = xfdnn('quantize', '--config', 'w.json');
    assert.is(ended.code, code, ended.error);
    assert.match(ended.error, line);
  });

test('a recorded run is repeated, verified, and refused where an input has changed', () => {
  config('c.json', settings);
  assert.is(xfdnn('quantize', '--config', 'c.json', '--overlay', 'v2').code, 0);
  const [bytes, recorded] = [read('a.json'), read('m.json')];
  const again = xfdnn('quantize', '--from', 'm.json', '--output_json', 'again.json', '--quiet');
  assert.equal([again.code, again.error], [0, '']);
  assert.is(read('again.json'), bytes);
  assert.is(read('m.json'), recorded);
  const verified = xfdnn('verify', '--from', 'm.json', '--images', 'images', '--json', '--quiet');
  assert.equal([verified.code, JSON.parse(verified.output).overlay], [0, 'v2']);
  const used = JSON.parse(recorded).images[1].file;
  const image = readFileSync(join(folder, 'images', used));
  writeFileSync(join(folder, 'images', used), png(99));
  const refused = xfdnn('quantize', '--from', 'm.json', '--output_json', 'never.json', '--quiet');
  assert.is(refused.code, 1);
  assert.ok(refused.error.startsWith(`images/${used}: expected SHA-256 `), refused.error);
  writeFileSync(join(folder, 'images', used), image);
  writeFileSync(join(folder, 'a.json'), `${bytes} `);
  assert.match(xfdnn('verify', '--from', 'm.json', '--images', 'images').error, /^a\.json: expected SHA-256 /);
  assert.match(xfdnn('quantize', '--from', 'c.json').error, /^c\.json: expected a manifest of quantize/);
  const manifest = JSON.parse(recorded);
  const damaged: readonly (readonly [changes: object, line: RegExp])[] = [
    [{ model: 7 }, /^w\.json: expected a manifest of quantize, got one whose "model" is damaged\./],
    [{ weights: undefined }, /got one whose "weights" is damaged/],
    [{ images: [null] }, /got one whose "images" is damaged/],
    [{ flags: [] }, /got one whose "flags" is damaged/],
    [{ output: { file: 'a.json' } }, /got one whose "output" is damaged/],
    [{ calibration_seed: '1' }, /got one whose "calibration_seed" is damaged/],
    [{ flags: { calibration_directory: 7 } }, /^w\.json: expected "calibration_directory" to be a string or a list/],
    [{ resolved: { overlay: {} } }, /^w\.json: expected "overlay" to be a string, got \{\}\./],
  ];
  for (const [changes, line] of damaged) {
    config('w.json', { ...manifest, ...changes });
    assert.match(xfdnn('quantize', '--from', 'w.json').error, line);
  }
});

test('commands that judge or calibrate anew take what they need of a manifest', () => {
  config('c.json', { ...settings, multipliers: 'natural', calibration_seed: 3, overlay: 'v2' });
  assert.is(xfdnn('quantize', '--config', 'c.json').code, 0);
  const before = read('a.json');
  const ranked = xfdnn('sensitivity', '--from', 'm.json', '--images', 'images', '--json', '--quiet');
  assert.equal([ranked.code, ranked.error, JSON.parse(ranked.output).overlay], [0, '', 'v2']);
  const few = ['--overlays', 'v2', '--bits', '8', '--calibrators', 'max', '--json', '--quiet'];
  const advised = xfdnn('advise', '--from', 'm.json', '--images', 'images', ...few);
  assert.is(advised.code, 0, advised.error);
  const { files, output, rows } = JSON.parse(advised.output);
  assert.equal([files.names.length, files.seed, output, rows.length], [3, 3, null, 1]);
  assert.is(read('a.json'), before, 'the file of the recorded run is left alone');
});

test('files that are given beside a manifest take the place of its own', () => {
  const { deploy_model, weights, ...others } = settings;
  for (const [from, to] of [
    [deploy_model, 'moved.prototxt'],
    [weights, 'moved.caffemodel'],
  ] as const)
    writeFileSync(join(folder, to), readFileSync(join(folder, from)));
  config('c.json', { ...others, deploy_model: 'moved.prototxt', weights: 'moved.caffemodel' });
  assert.is(xfdnn('quantize', '--config', 'c.json').code, 0);
  const bytes = read('a.json');
  renameSync(join(folder, 'moved.prototxt'), join(folder, 'again.prototxt'));
  renameSync(join(folder, 'moved.caffemodel'), join(folder, 'again.caffemodel'));
  renameSync(join(folder, 'images'), join(folder, 'others'));
  renameSync(join(folder, 'a.json'), join(folder, 'b.json'));
  const from = ['--from', 'm.json', '--quiet'];
  const network = ['--deploy_model', 'again.prototxt', '--weights', 'again.caffemodel'];
  const images = ['--calibration_directory', 'others'];
  assert.match(xfdnn('quantize', ...from, ...images).error, /^moved\.prototxt: /);
  assert.match(xfdnn('quantize', ...from, ...network).error, /^images: /);
  assert.is(xfdnn('quantize', ...from, ...network, ...images, '--output_json', 'a2.json').error, '');
  assert.is(read('a2.json'), bytes);
  const verify = ['verify', ...from, ...network, '--images', 'others'];
  assert.match(xfdnn(...verify).error, /^a\.json: /);
  assert.is(xfdnn(...verify, '--scaling', 'b.json').code, 0);
  renameSync(join(folder, 'others'), join(folder, 'images'));
});

test('a flag beside a manifest opens the defaults that followed from another', () => {
  config('c.json', { ...settings, overlay: 'v2' });
  assert.is(xfdnn('quantize', '--config', 'c.json').code, 0);
  const resolved = (): Record<string, unknown> => JSON.parse(read('n.json')).resolved;
  const words = ['--output_json', 'n-scaling.json', '--manifest', 'n.json', '--quiet'];
  assert.is(xfdnn('quantize', '--from', 'm.json', ...words).code, 0);
  assert.is(resolved()['multipliers'], 'exact');
  assert.is(xfdnn('quantize', '--from', 'm.json', '--overlay', 'v3', ...words).code, 0);
  assert.is(resolved()['multipliers'], 'natural');
});

test('the commands that a verdict prints run', () => {
  config('c.json', {
    ...settings,
    overlay: 'v2',
    bitwidths: [8, 8, 8],
    calibrator: 'percentile:50',
    no_quick_look: false,
    quiet: false,
  });
  const bad = xfdnn('quantize', '--config', 'c.json');
  const lines = [...bad.output.matchAll(/: xfdnn (.*)$/gm)].map(([, line]) =>
    (line ?? '').replace('FOLDER', 'images').split(' '),
  );
  assert.equal(
    lines.map(([command]) => command),
    ['quantize', 'advise', 'sensitivity'],
    bad.output,
  );
  for (const words of lines) {
    const more = words[0] === 'advise' ? ['--overlays', 'v2', '--bits', '8', '--calibrators', 'max'] : [];
    const ended = xfdnn(...words, ...more);
    assert.is(ended.code, 0, `${words.join(' ')}: ${ended.error}`);
  }
});

test('the schema in docs is that of the flags, and configurations follow it', () => {
  const schema = configSchema(xfdnnProgram('0'));
  const file = join(root, 'docs/config.schema.json');
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schema)));
  assert.equal(violations(schema as never, settings), []);
  for (const odd of [{ overlays: 3 }, { threads: '2' }, { trheads: 2 }, { calibration_directory: [1] }])
    assert.is(violations(schema as never, odd).length, 1, JSON.stringify(odd));
});

test.run();
