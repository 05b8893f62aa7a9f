import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findBrowsers, measureInBrowser } from './browsers.js';
import { cases } from './cases.js';
import { compareRows, measure, type Row } from './measure.js';
import { findRuntimes } from './runtimes.js';

const short = cases.filter((each) => each.short === true);

test('every runtime that is installed, with and without SIMD, leaves the same bytes', () => {
  const rows = new Map<string, Row>();
  for (const runtime of findRuntimes().found) rows.set(runtime.name, measure(runtime, short, 'simd'));
  for (const runtime of findRuntimes().found.slice(0, 1))
    rows.set(`${runtime.name} without SIMD`, measure(runtime, short.slice(0, 1), 'plain'));
  assert.equal(compareRows(rows, short).differences, []);
});

const chromium = findBrowsers().found.find(({ kind }) => kind === 'chrome');
const browserTest = chromium === undefined ? test.skip : test;

browserTest('Chromium leaves the bytes of this runtime', async () => {
  const rows = new Map<string, Row>();
  for (const runtime of findRuntimes().found.slice(0, 1)) rows.set(runtime.name, measure(runtime, short, 'simd'));
  if (chromium !== undefined) rows.set(chromium.name, await measureInBrowser(chromium, short));
  assert.is(rows.size, 2);
  assert.equal(compareRows(rows, short).differences, []);
});

test('a case with two hashes, with a hash of its own or that failed is found', () => {
  const [first, second] = ['1', '2'].map((digit) => digit.repeat(64));
  const [plain, threads] = short.map(({ name }) => name);
  const found = (...rows: Row[]): (string | undefined)[] =>
    compareRows(new Map(rows.map((row, i) => [`row ${i}`, row])), short).differences.map(
      ({ name, row }) => `${name}, ${row}`,
    );
  assert.ok(first !== undefined && second !== undefined && plain !== undefined && threads !== undefined);
  assert.equal(found({ [plain]: first, [threads]: first }, { [plain]: first }), []);
  assert.equal(found({ [plain]: first }, { [plain]: second }), [`${plain}, row 1`]);
  assert.equal(found({ [plain]: first, [threads]: second }), [`${threads}, row 0`]);
  assert.equal(found({ [plain]: 'failed: no' }), [`${plain}, row 0`]);
});

test.run();
