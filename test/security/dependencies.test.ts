import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';

interface Locked {
  readonly dev?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const installed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

test('no package that is installed with this one runs a script, and each is held by its hash', () => {
  assert.ok(installed.length > 0);
  for (const [path, { hasInstallScript, integrity }] of installed) {
    assert.not(hasInstallScript, path);
    assert.match(integrity ?? '', /^sha512-/, path);
  }
});

test('the licences of what is installed are listed in docs, each with its packages', () => {
  const page = readFileSync(join(root, 'docs/robustness.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([\w.-]+) \| (`[^|]+`) \|$/gm)].map(([, licence, names = '']) => [
    licence,
    names.replaceAll('`', '').split(', ').sort(),
  ]);
  const byLicence = new Map<string, string[]>();
  for (const [path, { license = 'none' }] of installed)
    byLicence.set(license, [...(byLicence.get(license) ?? []), path.replace(/^.*node_modules\//, '')]);
  const expected = [...byLicence].map(([licence, names]) => [licence, names.sort()]);
  assert.equal(Object.fromEntries(rows), Object.fromEntries(expected));
});

test.run();
