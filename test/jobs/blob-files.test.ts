import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blobFiles } from '../../src/jobs/blob-files.js';

test('names become file names, slashes two underscores', async () => {
  assert.equal(
    [...(await blobFiles(['conv1', 'a/b']))],
    [
      ['conv1', 'conv1.npy'],
      ['a/b', 'a__b.npy'],
    ],
  );
});

test('names that would share a file get one each; the name that needs no change keeps it', async () => {
  const files = await blobFiles(['a/b', 'a__b']);
  assert.is(files.get('a__b'), 'a__b.npy');
  assert.match(files.get('a/b')!, /^a__b~[0-9a-f]{12}\.npy$/);
  assert.is(new Set((await blobFiles(['a/b/c', 'a__b/c', 'a/b__c'])).values()).size, 3);
});

test('no name leaves the folder, is hidden or cannot be written', async () => {
  const odd = ['', '..\\..\\x', 'a\nb', 'nul\0', 'esc\u001b[31m', '\ud800'];
  const files = [...(await blobFiles(odd)).values()];
  for (const file of files) assert.match(file, /^[^\\/\0\n\u001b]*~[0-9a-f]{12}\.npy$/);
  assert.is(new Set(files).size, odd.length);
});

test('a name has one file, whatever the order of the names', async () => {
  const names = ['a__b/c', 'a/b/c', 'a/b__c'];
  assert.equal([...(await blobFiles(names))].sort(), [...(await blobFiles([...names].reverse()))].sort());
});

test('names that are too long for a file are shortened, and stay different', async () => {
  const long = 'scope/'.repeat(50);
  const files = [...(await blobFiles([`${long}a`, `${long}b`, 'é'.repeat(200)])).values()];
  assert.is(new Set(files).size, 3);
  for (const file of files) assert.ok(Buffer.byteLength(file) <= 255, file);
});

test.run();
