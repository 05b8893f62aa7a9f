import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseUnknownFlags } from '../../src/jobs/known-flags.js';
import { quantize } from '../../src/jobs/quantize.js';
import { run } from '../../src/jobs/run.js';
import { sensitivity } from '../../src/jobs/sensitivity.js';

const known = { overlay: true, calibration_size: true } as const;
const refusal = (flags: object): string => {
  try {
    refuseUnknownFlags('quantize', flags, known);
  } catch (error) {
    return String((error as Error).message);
  }
  return '';
};

test('names that a job has pass', () => assert.is(refusal({ overlay: 'v2', calibration_size: undefined }), ''));

test('a name in another spelling is told the right one', () => {
  assert.is(
    refusal({ calibrationSize: 8 }),
    'quantize: expected options of its own, got "calibrationSize". Did you mean "calibration_size"?',
  );
  assert.match(refusal({ overlya: 'v3' }), /Did you mean "overlay"\?$/);
  assert.match(refusal({ images: 'a' }), /It has overlay, calibration_size\.$/);
});

test('a job refuses them before anything else', async () => {
  const error = await quantize({ bitwidht: [8, 8, 8] } as object).catch((thrown) => thrown);
  assert.match(error.message, /got "bitwidht"\. Did you mean "bitwidths"\?/);
  const other = await sensitivity({ scaling: 'none.json', target_agrement: 1 } as { scaling: string }).catch((e) => e);
  assert.match(other.message, /^sensitivity: .*got "target_agrement"\. Did you mean "target_agreement"\?/);
  const text = await run({ blobs: 'prob', output_dir: 'out' } as object).catch((thrown) => thrown);
  assert.is(text.message, 'run: expected an array for "blobs", got "prob".');
});

test.run();
