import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quantize } from '../../src/index.js';
import {
  exists,
  listFiles,
  listFolders,
  mountFiles,
  readFile,
  readFileShared,
  readStart,
  removeFile,
  sha256,
  stat,
  unmountFiles,
  writeFileAtomic,
} from '../../src/platform/index.js';
import { failure } from '../images/failure.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test.after.each(() => unmountFiles());

test('mounted files stand for the file system', async () => {
  mountFiles(
    new Map([
      ['net/b.txt', new Blob(['two'])],
      ['net/images/x.png', new Blob(['abcdef'])],
      ['a.txt', new Blob(['a'])],
    ]),
  );
  assert.equal(await stat('net/b.txt'), { kind: 'file', size: 3 });
  assert.equal(await stat('net'), { kind: 'folder', size: 0 });
  assert.equal(await stat('ne'), { kind: 'absent', size: 0 });
  assert.equal(await listFiles('net'), ['b.txt']);
  assert.equal(await listFolders('net'), ['images']);
  assert.equal(await listFiles('.'), ['a.txt']);
  assert.is(text(await readFile('net/b.txt')), 'two');
  assert.is(text(await readFileShared('net/b.txt')), 'two');
  assert.is(text(await readStart('net/images/x.png', 3)), 'abc');
  assert.is(await sha256('a.txt'), await sha256(new TextEncoder().encode('a')));
});

test('a large file is read in parts, which are counted', async () => {
  const bytes = Uint8Array.from({ length: 2 ** 23 + 5 }, (_, i) => (i * 31) & 255);
  mountFiles(new Map([['large', new Blob([bytes])]]));
  const heard: [number, number][] = [];
  const hear = async (...step: [number, number]): Promise<void> => void heard.push(step);
  assert.equal(await readFile('large', hear), bytes);
  assert.equal(heard, [
    [2 ** 23, bytes.length],
    [bytes.length, bytes.length],
  ]);
  assert.match(await failure(readFile('small', hear)), /small: expected a file, found nothing there/);
});

test('what is written is read back and removed again; what was given stays', async () => {
  const files = mountFiles(new Map([['a.txt', new Blob(['given'])]]));
  await writeFileAtomic('out/new.json', '{}');
  await writeFileAtomic('a.txt', 'written');
  assert.is(text(await readFile('out/new.json')), '{}');
  assert.is(text(await readFile('a.txt')), 'written');
  await removeFile('a.txt');
  await removeFile('out/new.json');
  assert.is(text(await readFile('a.txt')), 'given');
  assert.not(await exists('out'));
  assert.equal([...files.given.keys()], ['a.txt']);
});

test('a file that is not mounted is missing, also where the disk has one', async () => {
  mountFiles(new Map());
  assert.match(
    await failure(readFile(join(root, 'package.json'))),
    /package\.json: expected a file, found nothing there/,
  );
});

test('a calibration of mounted files leaves the bytes of one of files on disk, and the same manifest', async () => {
  const folder = scratchFolder();
  try {
    const example = join(root, 'examples/cifar10');
    const flags = {
      deploy_model: join(example, 'deploy.prototxt'),
      weights: join(example, 'model.caffemodel'),
      calibration_directory: join(example, 'calibration'),
      calibration_size: 4,
      calibration_seed: 3,
      output_json: join(folder, 'out.json'),
      manifest: join(folder, 'manifest.json'),
      no_quick_look: true,
      threads: 1,
    };
    await quantize(flags);
    const wanted = [flags.output_json, flags.manifest].map((path) => readFileSync(path, 'utf8'));
    const images = readdirSync(flags.calibration_directory).map((name) => join(flags.calibration_directory, name));
    const paths = [flags.deploy_model, flags.weights, ...images];
    mountFiles(new Map(paths.map((path) => [path, new Blob([readFileSync(path)])])));
    await quantize(flags);
    const got = [await readFile(flags.output_json), await readFile(flags.manifest)].map(text);
    assert.equal(got, wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
