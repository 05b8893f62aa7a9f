import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../../src/formats/npy.js';
import { checkScalingFile } from '../../../src/jobs/check.js';
import { quantize } from '../../../src/jobs/quantize.js';
import { run } from '../../../src/jobs/run.js';
import { assertEntries } from '../../oracle/compare.js';
import { scratchFolder } from '../../scratch.js';
import { root } from '../../support.js';
import { cases, type WalkCase } from './networks.js';
import { calculate, folderOf } from './oracle.js';

const scratch = scratchFolder();

/** The flags of a case's network, as the command line would give them. */
function network(each: WalkCase): { deploy_model: string; weights?: string } {
  const file = (name: string): string => join(folderOf(each), name);
  return each.isTensorFlow === true
    ? { deploy_model: file('model.pb') }
    : { deploy_model: file('net.prototxt'), weights: file('net.caffemodel') };
}

const read = (each: WalkCase, name: string): string => readFileSync(join(folderOf(each), name), 'utf8');
const batch = (each: WalkCase) => ({
  calibration_directory: join(folderOf(each), 'images'),
  calibration_indices: [0, 1, 2],
});

for (const each of cases) {
  test(`${each.name}: the plain implementation gives the recorded files`, async () => {
    for (const [name, text] of Object.entries(await calculate(each))) assert.is(text, read(each, name), name);
  });

  test(`${each.name}: quantize writes the recorded scaling file, which has no faults`, async () => {
    const output = join(scratch, `${each.name}.json`);
    const { entries } = await quantize({
      ...network(each),
      ...batch(each),
      ...each.flags,
      calibrator: 'reference',
      output_json: output,
      threads: 1,
    });
    assertEntries(entries, JSON.parse(read(each, 'expected.json')).network, each.name);
    const { faults } = await checkScalingFile({ ...network(each), scaling: output, overlay: each.flags.overlay });
    assert.equal(
      faults.filter(({ severity }) => severity === 'fault'),
      [],
    );
  });

  test(`${each.name}: the emulator gives the recorded codes`, async () => {
    const { files } = await run({
      ...network(each),
      ...batch(each),
      calibration_indices: [0],
      scaling: join(folderOf(each), 'expected.json'),
      overlay: each.flags.overlay,
      blobs: each.layers,
      output_dir: join(scratch, each.name),
    });
    const recorded: Record<string, { bits: number; codes: number[] }> = JSON.parse(read(each, 'overlay.json'));
    assert.equal(
      files.map(({ name }) => name),
      Object.keys(recorded),
    );
    for (const { name, path } of files) {
      const { data } = readNpy(readFileSync(path), path);
      assert.is(data.constructor, recorded[name]!.bits === 8 ? Int8Array : Int16Array, name);
      assert.equal([...data], recorded[name]!.codes, name);
    }
  });
}

test('every recorded folder belongs to a case', () => {
  const folders = readdirSync(join(root, 'test/golden/walk'), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  assert.equal(folders.map(({ name }) => name).sort(), cases.map(({ name }) => name).sort());
});

test.run();
