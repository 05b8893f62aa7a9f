import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseCalibrationFiles } from '../../src/images/index.js';
import { listImages } from '../../src/images/list-images.js';
import { scratchFolder } from '../scratch.js';
import { failure } from './failure.js';

const folder = scratchFolder();
for (const name of ['dog', 'cat/small', 'empty']) mkdirSync(join(folder, name), { recursive: true });
for (const name of ['dog/b.jpg', 'dog/a.jpg', 'cat/c.jpg', 'cat/small/d.jpg']) writeFileSync(join(folder, name), '');

test('files of sub-folders, sorted with the folder before them', async () => {
  assert.equal((await listImages(folder, true)).names, ['cat/c.jpg', 'cat/small/d.jpg', 'dog/a.jpg', 'dog/b.jpg']);
  const chosen = await chooseCalibrationFiles(folder, { indices: [2, 1], recursive: true });
  assert.equal(chosen.names, ['cat/small/d.jpg', 'dog/a.jpg']);
  assert.equal(chosen.paths, [join(folder, 'cat/small/d.jpg'), join(folder, 'dog/a.jpg')]);
});

test('a folder of folders is not called empty', async () => {
  assert.match(
    await failure(listImages(folder)),
    /expected images or \.npy arrays, got no file but 3 folders\. Pass --recursive to take the files of its sub-folders\.$/,
  );
  assert.match(await failure(listImages(join(folder, 'empty'), true)), /got an empty folder/);
});

test('files that are no images are left out by name or content; one that is named as an image stays', async () => {
  const mixed = join(folder, 'mixed');
  mkdirSync(mixed);
  const files = {
    '.DS_Store': 'x',
    '._a.png': 'x',
    'Thumbs.db': 'x',
    'index.html': '<html>',
    'notes.txt': 'a',
    readme: 'text',
    'a.png': '',
    'b.JPEG': 'broken',
    ILSVRC_1: '\x89PNG\r\n\x1a\n',
    scan: 'II*\0',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(mixed, name), Buffer.from(text, 'latin1'));
  const { names, leftOut } = await listImages(mixed);
  assert.equal(names, ['ILSVRC_1', 'a.png', 'b.JPEG', 'scan']);
  assert.equal([...leftOut].sort(), ['.DS_Store', '._a.png', 'Thumbs.db', 'index.html', 'notes.txt', 'readme']);
  const chosen = await chooseCalibrationFiles(mixed, { indices: [1] });
  assert.equal(chosen.names, ['a.png']);
});

test('a folder of nothing but texts names them', async () => {
  const texts = join(folder, 'texts');
  mkdirSync(texts);
  writeFileSync(join(texts, 'labels.txt'), 'a 1');
  assert.match(await failure(listImages(texts)), /got only files that are none: labels\.txt\. Pass the folder/);
});

test('a list file names images from its folder on, in its order, with or without a class', async () => {
  const list = join(folder, 'list.txt');
  writeFileSync(list, `# images\ndog/b.jpg 3\n\ncat/c.jpg\n${join(folder, 'dog/a.jpg')} 0\n`);
  const { names, paths } = await chooseCalibrationFiles(list, { indices: [0, 1, 2] });
  assert.equal(names, ['dog/b.jpg', 'cat/c.jpg', join(folder, 'dog/a.jpg')]);
  assert.equal(
    paths,
    ['dog/b.jpg', 'cat/c.jpg', 'dog/a.jpg'].map((name) => join(folder, name)),
  );
});

test('a line of a list takes linear time, whatever is in it', async () => {
  const list = join(folder, 'long.lst');
  const begin = process.cpuUsage();
  for (const part of [' ', '1', ' 1', '\t-']) {
    writeFileSync(list, `a${part.repeat(500_000)}b`);
    assert.is((await listImages(list)).names.length, 1);
  }
  assert.ok(process.cpuUsage(begin).user < 5e6);
});

test('a pattern takes the names that match it', async () => {
  assert.equal((await listImages(join(folder, 'dog/[ab].jpg'))).names, ['a.jpg', 'b.jpg']);
  assert.equal((await listImages(join(folder, 'dog/[!a]*.jpg'))).names, ['b.jpg']);
  assert.equal((await listImages(join(folder, '**/?.jpg'))).names, [
    'cat/c.jpg',
    'cat/small/d.jpg',
    'dog/a.jpg',
    'dog/b.jpg',
  ]);
  assert.equal((await listImages(join(folder, '*/*.jpg'))).names, ['cat/c.jpg', 'dog/a.jpg', 'dog/b.jpg']);
  assert.match(await failure(listImages(join(folder, 'dog/*.gif'))), /expected images that match the pattern/);
});

test.run();
