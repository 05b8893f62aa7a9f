import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseCalibrationFiles } from '../../src/images/index.js';
import { listImages } from '../../src/images/list-images.js';
import { failure } from './failure.js';

const folder = mkdtempSync(join(tmpdir(), 'xfdnn-test-'));
test.after(() => rmSync(folder, { recursive: true }));
for (const name of ['dog', 'cat/small', 'empty']) mkdirSync(join(folder, name), { recursive: true });
for (const name of ['dog/b.jpg', 'dog/a.jpg', 'cat/c.jpg', 'cat/small/d.jpg']) writeFileSync(join(folder, name), '');

test('files of sub-folders, sorted with the folder before them', async () => {
  assert.equal(await listImages(folder, true), ['cat/c.jpg', 'cat/small/d.jpg', 'dog/a.jpg', 'dog/b.jpg']);
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

test.run();
