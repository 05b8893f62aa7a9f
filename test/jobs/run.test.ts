import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import { run } from '../../src/jobs/run.js';
import { testShared } from '../support.js';
import { flagsOf, scratch, walk } from './recorded-walks.js';

testShared('run writes the recorded codes, of their width', async () => {
  for (const name of ['a-tiny', 'e-tiny-16bit', 'd-depthwise-bn']) {
    const { images, ...flags } = flagsOf(name);
    const recorded = readdirSync(join(walk, name, 'overlay')).filter((file) => file.startsWith('pool'));
    const blobs = recorded.map((file) => file.replace(/@.*$/, ''));
    const { files } = await run({
      ...flags,
      blobs,
      calibration_directory: images,
      calibration_indices: [0],
      output_dir: join(scratch, name),
    });
    files.forEach(({ path }, i) => {
      const [mine, theirs] = [
        readNpy(readFileSync(path), path),
        readNpy(readFileSync(join(walk, name, 'overlay', recorded[i]!)), recorded[i]!),
      ];
      assert.is(mine.data.constructor, name === 'e-tiny-16bit' ? Int16Array : Int8Array);
      assert.equal([...mine.data], [...theirs.data], `${name} ${recorded[i]}`);
    });
  }
});

test.run();
