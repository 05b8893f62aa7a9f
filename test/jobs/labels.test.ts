import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLabels } from '../../src/jobs/labels.js';
import { scratchFolder } from '../scratch.js';

const scratch = scratchFolder();

test('labels are read by file name; a missing or broken line is named', async () => {
  const path = join(scratch, 'classes.txt');
  writeFileSync(path, '# comment\n\nb c.png 4\ndir/a.png\t10\r\n');
  assert.equal(await readLabels(path, ['a.png', 'b c.png'], 11), [10, 4]);
  const message = (names: string[]): Promise<string> =>
    readLabels(path, names, 11).then(
      () => '',
      (error: Error) => error.message,
    );
  assert.match(await message(['z.png']), /classes\.txt: expected a line for the image "z\.png", got none\./);
  writeFileSync(path, 'b.png 0\na.png 11\n');
  assert.match(await message(['a.png']), /classes\.txt:2: expected a class from 0 to 10, got 11\./);
  writeFileSync(path, 'x/a.png 1\ny/a.png 1\n');
  assert.equal(await readLabels(path, ['a.png'], 11), [1]);
  writeFileSync(path, 'x/a.png 1\ny/a.png 2\n');
  assert.match(await message(['a.png']), /classes\.txt:2: expected one class for the image "a\.png", got 2 after 1\./);
  writeFileSync(path, 'a.png cat\n');
  assert.match(
    await message(['a.png']),
    /classes\.txt:1: expected a file name and its class, a whole number from 0, got "a\.png cat"\./,
  );
  for (const line of ['a.png -1', 'a.png 1.5', 'file,class', 'a.png']) {
    writeFileSync(path, `${line}\n`);
    assert.match(
      await message(['a.png']),
      /classes\.txt:1: .*whole number from 0, got .*Write lines such as "0000\.png 3"/,
    );
  }
});

test.run();
