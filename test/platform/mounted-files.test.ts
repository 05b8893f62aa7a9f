import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mountFiles, quantize, run, sensitivity, unmountFiles, verify, XfdnnError } from '../../src/index.js';
import {
  checkWritable,
  exists,
  fileKeys,
  listFiles,
  listFolders,
  readFile,
  readFileShared,
  readStart,
  removeFile,
  sha256,
  stat,
  writeFileAtomic,
  writeFilesAtomic,
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

test('paths are compared as on disk', async () => {
  const files = mountFiles(
    new Map([
      ['./net.prototxt', new Blob(['net'])],
      ['a/../images//0.png', new Blob(['0'])],
      ['/root/../../x', new Blob(['x'])],
      ['../up', new Blob(['up'])],
    ]),
  );
  assert.equal([...files.given.keys()], ['net.prototxt', 'images/0.png', '/x', '../up']);
  for (const path of ['net.prototxt', './net.prototxt', 'images/../net.prototxt', './/net.prototxt'])
    assert.is(text(await readFile(path)), 'net', path);
  for (const folder of ['images', 'images//', './images', 'a/../images/.'])
    assert.equal(await listFiles(folder), ['0.png'], folder);
  assert.equal(await listFiles('/'), ['x']);
  assert.is(text(await readFile('b/../../up')), 'up');
  await writeFileAtomic('./out//new.txt', 'new');
  assert.is(text(await files.read('out/new.txt')), 'new');
  assert.equal(await fileKeys('./out//new.txt'), await fileKeys('out/new.txt'));
  await removeFile('out/./new.txt');
  assert.not(await exists('out'));
});

test('folders that are not there, and files in the place of folders, are named as on disk', async () => {
  const folder = scratchFolder();
  try {
    await writeFileAtomic(join(folder, 'images/0.png'), 'x');
    const paths = ['nowhere', 'images', 'images/0.png'].map((path) => join(folder, path));
    const [nowhere = '', images = '', image = ''] = paths;
    const failures = async (): Promise<string[]> => [
      await failure(listFiles(nowhere)),
      await failure(listFiles(image)),
      await failure(readFile(images)),
      await failure(readFile(nowhere)),
      await failure(writeFileAtomic(images, 'y')),
      await failure(checkWritable(images)),
      await failure(checkWritable(`${image}/new.json`)),
    ];
    const onDisk = await failures();
    const files = mountFiles(new Map([[image, new Blob(['x'])]]));
    assert.equal(await failures(), onDisk);
    assert.match(onDisk[0] ?? '', /nowhere: expected a folder, found nothing there\. Check the path\./);
    await failure(writeFilesAtomic(new Map(Object.entries({ first: '1', [images]: '2' }))));
    assert.is(files.stat('first').kind, 'absent', 'nothing is half-written');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is no Map of contents by path is refused', () => {
  const refused = (given: unknown, pattern: RegExp): void =>
    assert.throws(
      () => mountFiles(given as Map<string, Blob>),
      (error: XfdnnError) => error instanceof XfdnnError && error.code === 'usage' && pattern.test(error.message),
    );
  refused({ 'a.txt': new Blob([]) }, /^mountFiles: expected a Map of contents by path, got an Object/);
  refused(undefined, /expected a Map of contents by path, got undefined/);
  refused(new Map([['a.txt', 'text']]), /^mountFiles: a\.txt: expected a Blob or a Uint8Array, got a string/);
  refused(new Map([['a.txt', new ArrayBuffer(1)]]), /a\.txt: expected a Blob or a Uint8Array, got an ArrayBuffer/);
  refused(new Map([[1, new Blob([])]]), /expected paths as keys, got a number/);
  refused(new Map([['./', new Blob([])]]), /expected the path of a file, got that of a folder/);
  refused(
    new Map(['a', './a'].map((path) => [path, new Blob([])])),
    /mountFiles: \.\/a: expected one content for a, got two/,
  );
});

test('files are neither mounted nor unmounted while a job with flags is running', async () => {
  const example = join(root, 'examples/cifar10');
  const contents = ['deploy.prototxt', 'model.caffemodel', 'calibration/0000.png'].map(
    (name) => [name, readFileSync(join(example, name))] as const,
  );
  const files = mountFiles(new Map(contents));
  const network = { deploy_model: 'deploy.prototxt', weights: 'model.caffemodel' };
  const job = quantize({ ...network, calibration_directory: 'calibration', output_json: 'unmounted.json', threads: 1 });
  for (const change of [unmountFiles, () => mountFiles(new Map())])
    assert.throws(
      change,
      (error: XfdnnError) => error.code === 'usage' && /expected no job to be running/.test(error.message),
    );
  await job;
  assert.is(files.stat('unmounted.json').kind, 'file');
  assert.not(existsSync('unmounted.json'));
  assert.match(await failure(quantize({ ...network, weights: 'none', calibration_directory: 'calibration' })), /none/);
  unmountFiles();
  assert.is((await stat('unmounted.json')).kind, 'absent', 'a job that failed holds nothing');
});

/** What every job that takes images makes of the example, whose files are in a folder. They write into another. */
async function results(example: string, output: string): Promise<unknown[]> {
  const at = (name: string): string => join(output, name);
  const network = { deploy_model: join(example, 'deploy.prototxt'), weights: join(example, 'model.caffemodel') };
  const images = { images: join(example, 'calibration'), image_count: 3 };
  const sample = { calibration_directory: images.images, calibration_size: 4, calibration_seed: 3 };
  const judged = { ...network, ...images, scaling: at('1.json') };
  for (const threads of [1, 2]) await quantize({ ...network, ...sample, output_json: at(`${threads}.json`), threads });
  await run({ ...network, ...images, blobs: ['prob'], output_dir: at('floats') });
  await run({ ...judged, blobs: ['prob'], output_dir: at('codes') });
  const written = ['1.json', '2.json', 'floats/prob.npy', 'codes/prob.npy'];
  return [
    await verify({ ...judged, threads: 1 }),
    await verify({ ...judged, threads: 2 }),
    (await sensitivity({ ...judged, threads: 2 })).layers,
    ...(await Promise.all(written.map(async (name) => Array.from(await readFile(at(name)))))),
  ];
}

test('jobs on mounted files leave what jobs on files on disk leave, in every thread', async () => {
  const folder = scratchFolder();
  try {
    const example = join(root, 'examples/cifar10');
    const expected = await results(example, folder);
    const names = readdirSync(join(example, 'calibration')).map((name) => `calibration/${name}`);
    const contents = ['deploy.prototxt', 'model.caffemodel', ...names].map(
      (name) => [`page/${name}`, readFileSync(join(example, name))] as const,
    );
    const blobs = contents.map(([path, bytes]) => [path, new Blob([bytes])] as const);
    for (const given of [contents, blobs]) {
      mountFiles(new Map<string, Uint8Array | Blob>(given));
      assert.equal(await results('page', 'out'), expected);
    }
    unmountFiles();
    assert.not(existsSync('out'));
    assert.equal(await results(example, folder), expected, 'the threads read the disk again');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a manifest of mounted files is that of files on disk', async () => {
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
    const files = mountFiles(new Map(paths.map((path) => [path, readFileSync(path)])));
    await quantize(flags);
    assert.equal([text(await files.read(flags.output_json)), text(await files.read(flags.manifest))], wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
