import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { moduleFile } from './scratch.js';
import { root } from './support.js';

test('a scratch folder is gone when its process has ended, with what is in it', () => {
  const source = `
    const { scratchFolder } = await import(${JSON.stringify(new URL('scratch.js', import.meta.url).href)});
    const folder = scratchFolder();
    (await import('node:fs')).writeFileSync(folder + '/file', 'x');
    console.log(folder);`;
  const folder = execFileSync(process.execPath, [moduleFile(source)], { encoding: 'utf8' }).trim();
  assert.match(folder, /xfdnn-test-/);
  assert.not(existsSync(folder));
});

/** Leaves its outputs where `--keep` says so. */
const KEEPS = 'recorded/run.ts';

test('tests make folders in the system place for temporary files by that helper alone', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  const others = files.filter((name) =>
    /mkdtempSync\(join\(tmpdir/.test(readFileSync(join(root, 'test', name), 'utf8')),
  );
  assert.equal(others.sort(), [KEEPS, 'scratch.ts']);
});

test.run();
