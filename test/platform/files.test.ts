import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import {
  checkWritable,
  exists,
  fileKeys,
  listFiles,
  readFile,
  readFileShared,
  removeFile,
  stat,
  writeFileAtomic,
  writeFilesAtomic,
} from '../../src/platform/index.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();
const at = (name: string): string => join(folder, name);

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

test('a file that is replaced keeps its permissions; a dangling link is followed; hard links are refused', async () => {
  fs.writeFileSync(at('private'), 'x', { mode: 0o600 });
  await writeFileAtomic(at('private'), 'y');
  assert.is(fs.statSync(at('private')).mode & 0o777, 0o600);
  fs.symlinkSync('target', at('to-nothing'));
  await writeFileAtomic(at('to-nothing'), 'new');
  assert.is(fs.readFileSync(at('target'), 'utf8'), 'new');
  assert.ok(fs.lstatSync(at('to-nothing')).isSymbolicLink());
  fs.linkSync(at('private'), at('other-name'));
  for (const attempt of [checkWritable(at('private')), writeFileAtomic(at('private'), 'z')])
    assert.match((await failure(attempt)).message, /private: expected a file of one name, got one with 2 hard links/);
  assert.is(fs.readFileSync(at('other-name'), 'utf8'), 'y');
  fs.symlinkSync('loop', at('loop'));
  assert.match(
    (await failure(writeFileAtomic(at('loop'), 'x'))).message,
    /loop: expected a file, got a link that leads to itself/,
  );
});

test('names of up to 255 bytes can be written, also of characters of several bytes', async () => {
  const name = '漢'.repeat(82);
  await writeFileAtomic(at(name), 'x');
  assert.is(fs.readFileSync(at(name), 'utf8'), 'x');
});

test('a temporary file of a process that was killed is removed by the next write, another is not', async () => {
  fs.mkdirSync(at('left'));
  const gone = 4_194_305; // beyond the largest process number of Linux
  const files = {
    old: `.xfdnn-${gone}-abc.tmp`,
    fresh: `.xfdnn-${gone}-def.tmp`,
    own: `.xfdnn-${process.pid}-abc.tmp`,
  };
  for (const name of Object.values(files)) fs.writeFileSync(at(`left/${name}`), 'x');
  for (const name of [files.old, files.own]) fs.utimesSync(at(`left/${name}`), 1, 1);
  await writeFileAtomic(at('left/result'), 'x');
  assert.equal(fs.readdirSync(at('left')).sort(), [files.fresh, files.own, 'result'].sort());
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

test('files that belong together are all written or none', async () => {
  const together = (last: string) =>
    new Map([
      [at('set/one'), 'new'],
      [at('set/two'), 'new'],
      [at(last), 'new'],
    ]);
  await writeFileAtomic(at('set/one'), 'old');
  const error = await failure(writeFilesAtomic(together('set/one/below')));
  assert.match(error.message, /set\/one\/below: .*not a folder/);
  assert.equal([fs.readdirSync(at('set')), fs.readFileSync(at('set/one'), 'utf8')], [['one'], 'old']);
  await writeFilesAtomic(together('set/deep/three'));
  assert.equal(fs.readdirSync(at('set')).sort(), ['deep', 'one', 'two']);
  for (const name of ['one', 'two', 'deep/three']) assert.is(fs.readFileSync(at(`set/${name}`), 'utf8'), 'new');
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
  fs.symlinkSync(at('occupied'), at('folder-link'));
  const areSame = async (a: string, b: string): Promise<boolean> => {
    const keys = await fileKeys(at(a));
    return (await fileKeys(at(b))).some((key) => keys.includes(key));
  };
  for (const name of ['fresh', 'fresh/deep/er', 'plain', 'plain-link']) await checkWritable(at(name));
  assert.not.ok(fs.existsSync(at('fresh')));
  assert.match((await failure(checkWritable(at('occupied')))).message, /occupied: expected a file, got a folder/);
  assert.match((await failure(checkWritable(at('plain/below/it')))).message, /plain\/below\/it: .*not a folder/);
  assert.equal(
    [
      await areSame('plain', 'plain-link'),
      await areSame('plain', 'fresh'),
      await areSame('plain', 'text'),
      await areSame('plain/below', 'plain'),
      await areSame('none/x', 'none/./x'),
      await areSame('folder-link/x', 'occupied/x'),
    ],
    [true, false, false, false, true, true],
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
  fs.writeFileSync(at('empty'), '');
  assert.is((await readFile(at('empty'))).length, 0);
  if (fs.existsSync('/proc/self/status')) assert.ok((await readFile('/proc/self/status')).length > 0);
});

test('pipes and devices are no inputs: one may never open, the other never end', async () => {
  if (!fs.existsSync('/dev/zero')) return;
  assert.match(
    (await failure(readFile('/dev/zero'))).message,
    /^\/dev\/zero: expected a file, got a pipe or a device\./,
  );
  execFileSync('mkfifo', [at('pipe')]);
  assert.match((await failure(readFileShared(at('pipe')))).message, /pipe: expected a file, got a pipe or a device\./);
});

test('the empty path is called so', async () => {
  assert.match((await failure(readFile(''))).message, /^the empty path: expected a file, found nothing there\./);
});

test('a folder lists its plain files in the byte order of UTF-8', async () => {
  const names = ['b', 'a', 'B', 'a.jpg', 'ä', '\u{ff5e}', '\u{1f600}', '.hidden', '10', '9'];
  fs.mkdirSync(at('list/sub'), { recursive: true });
  for (const name of names) fs.writeFileSync(join(at('list'), name), '');
  fs.symlinkSync(at('text'), join(at('list'), 'c'));
  fs.symlinkSync(at('list/sub'), join(at('list'), 'to-folder'));
  fs.symlinkSync(at('nothing'), join(at('list'), 'dangling'));
  fs.symlinkSync('circle', join(at('list'), 'circle'));
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
