import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from '../cli/command.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';
import { schemaTexts } from './schemas.js';

const folder = join(root, 'docs/schemas');
const schemaOf = (name: string): object => JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'));

const scratch = scratchFolder();
const example = join(root, 'examples/cifar10');
const model = ['--deploy_model', `${example}/deploy.prototxt`, '--weights', `${example}/model.caffemodel`];
const calibration = [
  '--calibration_directory',
  `${example}/calibration`,
  '--calibration_size',
  '3',
  '--calibration_seed',
  '1',
];
const images = ['--images', `${example}/calibration`, '--image_count', '2'];
const labels = ['--images', `${example}/test`, '--image_count', '2', '--labels', `${example}/labels.txt`];
const file = (name: string): string => join(scratch, name);

/** A command with `--json`; its output must be that of the schema. The scaling files are made first. */
const cases: readonly { readonly schema: string; readonly words: readonly string[]; readonly code?: number }[] = [
  {
    schema: 'quantize',
    words: ['quantize', ...model, ...calibration, '--output_json', file('a.json'), '--manifest', file('m.json')],
  },
  {
    schema: 'quantize',
    words: ['quantize', ...model, ...calibration, '--output_json', file('b.json'), '--overlay', 'v3', '--verify'],
  },
  {
    schema: 'quantize',
    words: [
      'quantize',
      '--deploy_model',
      `${example}/model.pb`,
      ...calibration,
      '--output_json',
      file('t.json'),
      '--no_quick_look',
    ],
  },
  { schema: 'quantize-dry-run', words: ['quantize', ...model, ...calibration, '--dry_run'] },
  { schema: 'verify', words: ['verify', ...model, '--scaling', file('a.json'), ...labels] },
  { schema: 'verify', words: ['verify', ...model, '--scaling', file('b.json'), ...images] },
  {
    schema: 'run',
    words: ['run', ...model, '--scaling', file('a.json'), ...images, '--output_dir', file('codes'), '--blobs', 'all'],
  },
  {
    schema: 'verify-dumps',
    words: ['verify', ...model, '--scaling', file('a.json'), ...images, '--dumps', file('codes')],
  },
  { schema: 'inspect', words: ['inspect', ...model] },
  { schema: 'inspect', words: ['inspect', '--deploy_model', `${example}/model.pb`] },
  { schema: 'inspect-plan', words: ['inspect', ...model, '--plan'] },
  { schema: 'check', words: ['check', file('a.json'), ...model] },
  { schema: 'check', words: ['check', file('faulty.json'), ...model], code: 3 },
  { schema: 'compare', words: ['compare', file('a.json'), file('b.json')], code: 3 },
  { schema: 'rescale', words: ['rescale', file('a.json'), '--overlay', 'v3', ...model, '-o', file('r.json')] },
  { schema: 'sensitivity', words: ['sensitivity', ...model, '--scaling', file('a.json'), ...images] },
  { schema: 'advise', words: ['advise', ...model, ...calibration, ...images, '--bits', '8'] },
  { schema: 'doctor', words: ['doctor'] },
  {
    schema: 'export',
    words: ['export', file('kit'), ...model, '--scaling', file('a.json'), ...images, '--trace', 'conv1:0,3,4'],
  },
  { schema: 'error', words: ['verify', ...model, '--scaling', file('none.json'), ...images], code: 1 },
  { schema: 'error', words: ['quantize', '--bitwidths', '7'], code: 2 },
];

/** What a schema has against a value; empty: nothing. */
function faults(schema: string, value: unknown): string {
  const script = join(root, 'dist/test/schemas/validate.js');
  const input = JSON.stringify({ schema: schemaOf(schema), value });
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { input, encoding: 'utf8' });
  return status === 0 ? stdout : stderr;
}

test('a scaling file with a fault', () => {
  const words = ['quantize', ...model, ...calibration, '--output_json', file('faulty.json'), '--no_quick_look'];
  assert.is(runProgram('xfdnn', scratch, words).code, 0);
  const scaling = JSON.parse(readFileSync(file('faulty.json'), 'utf8'));
  scaling.network[0].scale[0] ^= 1;
  writeFileSync(file('faulty.json'), JSON.stringify(scaling));
});

for (const { schema, words, code = 0 } of cases) {
  test(`${words[0]} --json is as docs/schemas/${schema}.schema.json says`, () => {
    const ended = runProgram('xfdnn', scratch, [...words, '--json', '--quiet']);
    assert.is(ended.code, code, ended.error + ended.output.slice(0, 500));
    assert.is(faults(schema, JSON.parse(ended.output)), '');
  });
}

test('a manifest is as its schema says, and other keys are refused', () => {
  const manifest = JSON.parse(readFileSync(file('m.json'), 'utf8'));
  assert.is(faults('manifest', manifest), '');
  assert.match(faults('manifest', { ...manifest, extra: 1 }), /additional properties/);
  assert.match(faults('manifest', { ...manifest, images: [{}] }), /required property 'file'/);
});

test('the description and the traces of a kit are as their schemas say, for layers of the host and of codes', () => {
  const words = ['export', file('odd'), ...model, '--scaling', file('faulty.json'), ...images];
  assert.is(runProgram('xfdnn', scratch, words).code, 0);
  for (const kit of ['kit', 'odd']) {
    const network = JSON.parse(readFileSync(file(`${kit}/network.json`), 'utf8'));
    assert.is(faults('kit-network', network), '');
    assert.is(network.scaling_faults.count, kit === 'odd' ? 1 : 0);
    assert.match(faults('kit-network', { ...network, extra: 1 }), /additional properties/);
  }
  const traces = JSON.parse(readFileSync(file('kit/traces.json'), 'utf8'));
  assert.is(faults('kit-traces', traces), '');
  assert.match(faults('kit-traces', { traces: [{}] }), /required property 'layer'/);
});

test('the files follow from the types of the results: npm run docs:schemas', () => {
  for (const [name, text] of schemaTexts())
    assert.is(readFileSync(join(folder, `${name}.schema.json`), 'utf8'), text, name);
});

test.run();
