import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shared, testShared } from '../support.js';
import { findingIn } from './finding.js';

/** Seconds of processor time that an input may take. */
const MOST_SECONDS = 5;

const kindOf = (file: string): string =>
  /\.pb(txt)?$/.test(file) ? 'graphdef' : /\.prototxt$/.test(file) ? 'prototxt' : /\.png$/.test(file) ? 'png' : 'npy';

testShared('every recorded attack ends well or in one clear error, soon', async () => {
  const folder = join(shared, 'reports/attacks');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const findings: string[] = [];
  // Other tests ran in this process.
  const held = process.memoryUsage().rss;
  for (const file of files) {
    if (!statSync(join(folder, file)).isFile()) continue;
    const begin = process.cpuUsage();
    const finding = await findingIn(kindOf(file), new Uint8Array(readFileSync(join(folder, file))), held);
    const { user } = process.cpuUsage(begin);
    if (finding !== undefined) findings.push(`${file}: ${finding.split('\n').slice(0, 3).join(' ')}`);
    if (user > MOST_SECONDS * 1e6) findings.push(`${file}: ${user / 1e6} s`);
  }
  assert.equal(findings, []);
});

test.run();
