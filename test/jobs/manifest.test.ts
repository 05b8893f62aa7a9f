import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectUnchanged, hashInputs } from '../../src/jobs/manifest.js';
import { folderOf } from '../cli/fixtures.js';

test('an input that changes during the run is named', async () => {
  const folder = folderOf({ 'net.prototxt': 'a', '0.png': 'b' });
  const path = join(folder, '0.png');
  const files = { names: ['0.png'], paths: [path], indices: [0], seed: 1 };
  const hashes = await hashInputs({ deploy_model: join(folder, 'net.prototxt') }, files);
  assert.is(hashes.size, 2);
  await expectUnchanged(hashes);
  writeFileSync(path, 'c');
  const message = await expectUnchanged(hashes).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(
    message,
    /0\.png: expected a file that stays as it is during the run, got another content\. Run again\.$/,
  );
});

test.run();
