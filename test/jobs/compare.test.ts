import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareFiles } from '../../src/jobs/compare.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { sample } from '../scaling-file/samples.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const good = formatScaling(sample());

test('compare passes within the tolerance', async () => {
  const [first, second] = [
    file('a.json', good),
    file('b.json', good.replace('"th_layer_in": 20.5', '"th_layer_in": 20.6')),
  ];
  assert.ok((await compareFiles({ first, second })).passed);
  assert.not.ok((await compareFiles({ first, second, tolerance: 0.001 })).passed);
  assert.not.ok((await compareFiles({ first, second: file('c.json', formatScaling(sample().slice(1))) })).passed);
});

test.run();
