import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NextRuns, nextCommands } from '../../src/report/next-commands.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';

const verdict: Verdict = {
  grade: 'broken',
  images: 8,
  kept: null,
  output: null,
  worst: null,
  cliff: { layer: 'conv', type: 'Convolution', channel: null, sqnr: 3 },
  causes: [{ kind: 'coarse grid', amount: 50 }],
  next: ['--overlay v3', '--bitwidths 16,16,16'],
};
const runs: NextRuns = {
  quantize: {
    deploy_model: "my net's.prototxt",
    overlay: 'v2',
    bitwidths: [8, 8, 8],
    layer_bits: { 'fire*': 16, conv1: 8 },
    power_of_two: true,
    unify_concat: false,
    calibration_directory: ['left=a', 'right=b'],
    weights: undefined,
  },
  advise: { from: 'm.json', images: 'FOLDER' },
  sensitivity: { from: 'm.json', images: 'photos' },
};

test('a command has the flags of the run, as a shell reads them, with those to try in the place of the same', () => {
  const commands = nextCommands(verdict, runs).map(({ purpose, command }) => `${purpose} ${command}`);
  assert.equal(commands, [
    "try xfdnn quantize --deploy_model 'my net'\\''s.prototxt' --bitwidths 8,8,8 --layer_bits 'fire*=16,conv1=8' --power_of_two --calibration_directory left=a --calibration_directory right=b --overlay v3",
    'compare xfdnn advise --from m.json --images FOLDER',
    'find xfdnn sensitivity --from m.json --images photos',
  ]);
});

test('a good network has nothing to go on with, an input that was not calibrated on only its calibration', () => {
  assert.equal(nextCommands({ ...verdict, grade: 'good', cliff: null }, runs), []);
  const other = { ...verdict, causes: [{ kind: 'other input than calibrated on', amount: 9 } as const] };
  assert.equal(
    nextCommands(other, runs).map(({ purpose }) => purpose),
    ['try'],
  );
  assert.equal(
    nextCommands({ ...verdict, next: [] }, runs).map(({ purpose }) => purpose),
    ['compare', 'find'],
  );
});

test.run();
