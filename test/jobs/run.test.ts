import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { run } from '../../src/jobs/run.js';
import { testShared } from '../support.js';
import { graphDef, placeholder } from '../tensorflow/graph-def.js';
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

test('blobs with names of files and objects: each has its own file, and a name that no node has is refused', async () => {
  const nodes = [
    placeholder('x', [-1, 3]),
    { name: 'a/b', op: 'Neg', input: ['x'] },
    { name: 'a__b', op: 'Square', input: ['x'] },
    { name: '__proto__', op: 'Abs', input: ['x'] },
  ];
  mkdirSync(scratch, { recursive: true });
  const [model, input] = [join(scratch, 'names.pb'), join(scratch, 'names.npy')];
  writeFileSync(model, graphDef(...nodes));
  writeFileSync(input, writeNpy({ shape: [1, 3], data: Float32Array.of(1, 2, 3) }));
  const flags = { deploy_model: model, input, output_dir: join(scratch, 'names') };
  const { files } = await run({ ...flags, blobs: ['a/b', 'a__b', '__proto__'] });
  assert.equal(
    files.map(({ path }) => [...readNpy(readFileSync(path), path).data]),
    [
      [-1, -2, -3],
      [1, 4, 9],
      [1, 2, 3],
    ],
  );
  for (const name of ['constructor', 'toString']) {
    const message = await run({ ...flags, blobs: [name] }).then(
      () => '',
      (error: Error) => error.message,
    );
    assert.match(message, /^--blobs: the network has no layer or blob named/);
  }
});

test.run();
