import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from '../cli/command.js';
import { caffemodel, folderOf, png } from '../cli/fixtures.js';

/** Names that leave a folder, hide, collide, are members of objects, or are obeyed by a terminal; as they stand in a prototxt. */
const NAMES = [
  '../../up',
  '..',
  '/abs/olute',
  '..\\\\..\\\\x',
  '__proto__',
  'constructor',
  'toString',
  'a/b',
  'a__b',
  'nul',
  'x@1',
  `long${'x'.repeat(300)}`,
  'colour\\033[31m',
  'title\\033]0;x\\007',
  'bell\\007',
  'line\\nforged: done',
  'right\\342\\200\\256left',
] as const;

/** Unquoted as the text parser reads them. */
const plain = (name: string): string =>
  Buffer.from(
    name
      .replace(/\\n/g, '\n')
      .replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
      .replace(/\\\\/g, '\\'),
    'latin1',
  ).toString('utf8');

const convolution = 'convolution_param { num_output: 3 kernel_size: 3 pad: 1 }';
const prototxt = [
  'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }',
  ...NAMES.map((name, i) => {
    const bottom = i === 0 ? 'data' : NAMES[i - 1];
    return `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" ${convolution} }`;
  }),
].join('\n');
const weights = caffemodel(
  NAMES.map((name) => ({ name: plain(name), blobs: [{ shape: [3, 3, 3, 3] }, { shape: [3] }] })),
);

const outer = folderOf({
  'deep/er/net.prototxt': prototxt,
  'deep/er/net.caffemodel': weights,
  ...Object.fromEntries([0, 1].map((i) => [`deep/er/images/${i}.png`, png(i + 1)])),
});
const folder = join(outer, 'deep/er');
mkdirSync(join(folder, 'temporary'));

const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const images = ['--images', 'images'];
const scaling = ['--scaling', 'q.json'];

/** Commands that write names, by the place that they write to. */
const COMMANDS: readonly (readonly [place: string, words: readonly string[]])[] = [
  ['-', ['inspect', ...network]],
  ['-', ['inspect', ...network, '--json']],
  [
    'q.json',
    ['quantize', ...network, '--calibration_directory', 'images', '--calibration_seed', '1', '--output_json', 'q.json'],
  ],
  ['report.html', ['verify', ...network, ...images, ...scaling, '--report', 'report.html']],
  ['blobs', ['run', ...network, ...images, '--blobs', 'all', '--output_dir', 'blobs']],
  ['codes', ['run', ...network, ...images, ...scaling, '--blobs', 'all', '--output_dir', 'codes']],
  ['-', ['verify', ...network, ...images, ...scaling, '--dumps', 'codes']],
  ['kit', ['export', 'kit', ...network, ...images, ...scaling]],
  ['-', ['check', 'q.json', ...network]],
  ['r.json', ['rescale', 'q.json', '--overlay', 'v3', '-o', 'r.json', ...network]],
  ['-', ['compare', 'q.json', 'r.json']],
  ['-', ['sensitivity', ...network, ...images, ...scaling]],
];

/** Files outside a place of the inner folder. */
function others(place: string): string[] {
  const path = `deep/er/${place}`;
  return readdirSync(outer, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name !== path && !name.startsWith(`${path}/`))
    .sort();
}

for (const [place, words] of COMMANDS)
  test(`${words[0]} to ${place}: names are data`, () => {
    const before = others(place);
    const { code, output, error } = runProgram('xfdnn', folder, words);
    assert.ok(code === 0 || (words[0] === 'compare' && code === 3), `${code}: ${error}`);
    assert.equal(others(place), before, 'nothing is written elsewhere');
    assert.not.match(
      output + error,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
      'nothing for a terminal to obey',
    );
    assert.not.match(output + error, /^forged/m, 'no line of a name');
  });

test('every blob has a file of its own', () => {
  for (const each of ['blobs', 'codes'])
    assert.ok(readdirSync(join(folder, each)).length >= NAMES.length, readdirSync(join(folder, each)).join('\n'));
});

test.run();
