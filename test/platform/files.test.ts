import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import {
  checkWritable,
  exists,
  listFiles,
  readFile,
  readFileShared,
  removeFile,
  sameFile,
  stat,
  writeFileAtomic,
} from '../../src/platform/index.js';

const folder = fs.mkdtempSync(join(tmpdir(), 'xfdnn-test-'));
const at = (name: string): string => join(folder, name);
test.after(() => fs.rmSync(folder, { recursive: true }));

async function failure(work: Promise<unknown>): Promise<XfdnnError> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, XfdnnError);
    return error as XfdnnError;
  }
  throw new Error('expected a failure');
}

test('what is written is read back, folders are made, nothing else stays', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) & 255);
  await writeFileAtomic(at('new/deep/file.bin'), bytes);
  assert.equal(await readFile(at('new/deep/file.bin')), bytes);
  const shared = await readFileShared(at('new/deep/file.bin'));
  assert.instance(shared.buffer, SharedArrayBuffer);
  assert.equal(Array.from(shared), Array.from(bytes));
  assert.equal(fs.readdirSync(at('new/deep')), ['file.bin']);
});

test('text is UTF-8, a second write replaces the first, a link is followed', async () => {
  await writeFileAtomic(at('text'), 'one');
  fs.symlinkSync(at('text'), at('link'));
  await writeFileAtomic(at('link'), 'zwölf');
  assert.is(fs.readFileSync(at('text'), 'utf8'), 'zwölf');
  assert.ok(fs.lstatSync(at('link')).isSymbolicLink());
});

test('a failed write leaves no file', async () => {
  fs.mkdirSync(at('taken'));
  const error = await failure(writeFileAtomic(at('taken'), 'x'));
  assert.is(error.code, 'file');
  assert.match(error.message, /taken: expected a file, got a folder/);
  assert.match((await failure(writeFileAtomic(at('text/below'), 'x'))).message, /text\/below: .*not a folder/);
  assert.equal(
    fs.readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('where no folder can be made is an error, and soon', async () => {
  if (!fs.existsSync('/proc/self')) return;
  assert.match(
    (await failure(writeFileAtomic('/proc/xfdnn/deep/file', 'x'))).message,
    /^\/proc\/xfdnn\/deep\/file: its folder .* cannot be made/,
  );
});

test('whether a file can be written is known before', async () => {
  fs.mkdirSync(at('occupied'));
  fs.writeFileSync(at('plain'), 'x');
  fs.symlinkSync(at('plain'), at('plain-link'));
  for (const name of ['fresh', 'fresh/deep/er', 'plain', 'plain-link']) await checkWritable(at(name));
  assert.not.ok(fs.existsSync(at('fresh')));
  assert.match((await failure(checkWritable(at('occupied')))).message, /occupied: expected a file, got a folder/);
  assert.match((await failure(checkWritable(at('plain/below/it')))).message, /plain\/below\/it: .*not a folder/);
  assert.equal(
    [
      await sameFile(at('plain'), at('plain-link')),
      await sameFile(at('plain'), at('fresh')),
      await sameFile(at('plain'), at('text')),
      await sameFile(at('plain/below'), at('plain')),
      await sameFile(at('none/x'), at('none/./x')),
    ],
    [true, false, false, false, true],
  );
});

test('reading says what is wrong in one line with the path', async () => {
  const missing = await failure(readFile(at('nothing')));
  assert.is(missing.code, 'file');
  assert.match(missing.message, /nothing: expected a file, found nothing there\./);
  assert.match((await failure(readFile(folder))).message, /expected a file, got a folder/);
  assert.match((await failure(listFiles(at('nothing')))).message, /expected a folder, found nothing there/);
  assert.match((await failure(listFiles(at('text')))).message, /expected a folder, got a file/);
});

test('files without a size of their own are read to their end', async () => {
  assert.equal(await readFile('/dev/null'), new Uint8Array(0));
  fs.writeFileSync(at('empty'), '');
  assert.is((await readFile(at('empty'))).length, 0);
  if (fs.existsSync('/proc/self/status')) assert.ok((await readFile('/proc/self/status')).length > 0);
});

test('a folder lists its plain files in the byte order of UTF-8', async () => {
  const names = ['b', 'a', 'B', 'a.jpg', 'ä', '\u{ff5e}', '\u{1f600}', '.hidden', '10', '9'];
  fs.mkdirSync(at('list/sub'), { recursive: true });
  for (const name of names) fs.writeFileSync(join(at('list'), name), '');
  fs.symlinkSync(at('text'), join(at('list'), 'c'));
  fs.symlinkSync(at('list/sub'), join(at('list'), 'to-folder'));
  fs.symlinkSync(at('nothing'), join(at('list'), 'dangling'));
  const expected = [...names, 'c'].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.equal(await listFiles(at('list')), expected);
});

test('stat, exists, remove', async () => {
  await writeFileAtomic(at('s'), 'abc');
  assert.equal(await stat(at('s')), { kind: 'file', size: 3 });
  assert.is((await stat(folder)).kind, 'folder');
  assert.is((await stat('/dev/null')).kind, 'other');
  await removeFile(at('s'));
  await removeFile(at('s'));
  assert.is(await exists(at('s')), false);
});

test.run();
