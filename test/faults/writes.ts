import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { smallNetwork } from '../cli/fixtures.js';
import { after, type Faults, leftovers, network, quantized, run, xfdnn } from './process.js';

const images = ['--images', 'images', '--image_count', '2'];
const scaling = ['--scaling', 'q.json'];

/** Every kind of write: the command, and the file or folder that it writes. `q.json` is there. */
const WRITES: Readonly<Record<string, readonly [command: string[], output: string]>> = {
  'a scaling file': [quantized('out.json'), 'out.json'],
  'a report': [quantized('-', '--report', 'report.html'), 'report.html'],
  'a manifest': [quantized('-', '--manifest', 'm.json'), 'm.json'],
  'preview pictures': [quantized('out.json', '--preview', 'preview'), 'preview'],
  'a temporary file of activations': [quantized('out.json', '--memory', '1'), 'out.json'],
  'float blobs': [xfdnn('run', ...network, ...images, '--blobs', 'conv1', '--output_dir', 'blobs'), 'blobs'],
  codes: [xfdnn('run', ...network, ...images, ...scaling, '--blobs', 'conv1', '--output_dir', 'codes'), 'codes'],
  'a kit': [xfdnn('export', 'kit', ...network, ...images, ...scaling), 'kit'],
  'a rescaled file': [xfdnn('rescale', 'q.json', '--overlay', 'v3', '-o', 'r.json'), 'r.json'],
  'a repaired file': [xfdnn('check', 'q.json', '--fix', '-o', 'fixed.json'), 'fixed.json'],
  'a state': [xfdnn('sensitivity', ...network, ...images, ...scaling, '--output', 'state.json'), 'state.json'],
  'a report of verify': [xfdnn('verify', ...network, ...images, ...scaling, '--report', 'v.html'), 'v.html'],
};

const files = (folder: string, path: string): string[] => {
  if (!existsSync(join(folder, path))) return [];
  if (path.includes('.')) return [path];
  const entries = readdirSync(join(folder, path), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

/** The scaling file of the small network, made once. */
let scalingText: string | undefined;

/** A folder with `q.json`. */
async function quantizedFolder(): Promise<string> {
  if (scalingText !== undefined) return smallNetwork({ 'q.json': scalingText });
  const folder = smallNetwork();
  const { code, error } = await run(folder, quantized());
  assert.is(code, 0, error);
  scalingText = readFileSync(join(folder, 'q.json'), 'utf8');
  return folder;
}

/** What is written beyond the first sectors is refused, as on a disk that is full. */
async function refused(name: string): Promise<void> {
  const [command, output] = WRITES[name] ?? [[], ''];
  const folder = await quantizedFolder();
  const before = readdirSync(folder).sort();
  const { code, error } = await run(folder, after('ulimit -f 0', command));
  assert.is(code, 1, `${name}: ${error}`);
  assert.match(error, /cannot write it: EFBIG/, name);
  assert.equal(files(folder, output), [], name);
  assert.equal(leftovers(folder), [], name);
  assert.equal(
    readdirSync(folder)
      .filter((each) => each !== output)
      .sort(),
    before,
    name,
  );
}

/** Writes that the system refuses. */
export const writes: Faults = {
  ...Object.fromEntries(
    Object.keys(WRITES).map((name) => [`where ${name} cannot be written, no part of it is left`, () => refused(name)]),
  ),
  async 'a full device is named, and keeps no half file'() {
    if (!existsSync('/dev/full')) return;
    const full = /^\/dev\/full: no space is left on the device\. Free some, or choose another path\.\n$/;
    for (const flags of [[], ['--manifest', '/dev/full'], ['--report', '/dev/full']]) {
      const { code, error } = await run(smallNetwork(), quantized(flags.length === 0 ? '/dev/full' : '-', ...flags));
      assert.is(code, 1, flags.join(' '));
      assert.match(error, full);
    }
    const folder = smallNetwork();
    mkdirSync(join(folder, 'blobs'));
    symlinkSync('/dev/full', join(folder, 'blobs/conv1.npy'));
    const command = xfdnn('run', ...network, ...images, '--blobs', 'conv1', '--output_dir', 'blobs', '--quiet');
    const { code, error } = await run(folder, command);
    assert.is(code, 1);
    assert.match(error, /conv1\.npy: no space is left on the device/);
  },
  async 'standard output without space is named'() {
    if (!existsSync('/dev/full')) return;
    for (const words of [['--version'], ['quantize', '--help'], ['inspect', '--deploy_model', 'net.prototxt']]) {
      const { code, error } = await run(smallNetwork(), after('exec > /dev/full', xfdnn(...words)));
      assert.is(code, 1, words.join(' '));
      assert.match(error, /standard output: no space is left on the device/);
    }
  },
};
