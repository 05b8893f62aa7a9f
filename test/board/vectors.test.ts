import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { vectorsHeader, vectorsTable } from '../../src/board/c-header.js';
import { stepsOf } from '../../src/board/steps.js';
import { knownAnswers } from '../../src/board/vectors.js';
import type { BitWidth } from '../../src/fixed/grid.js';
import { overlay } from '../../src/index.js';
import { OVERLAYS } from '../../src/scaling/index.js';

const answers = new Map(knownAnswers().map((each) => [each.name, each]));
const rowsOf = (name: string): readonly (readonly number[])[] => answers.get(name)?.rows ?? [];

test('every function of the specification has rows of its columns, whole or float32, the same in every export', () => {
  const rounding = ['quantizeTensor', 'quantizeWeights', 'quantizeBias', 'quantizeBiasV3', 'unquantizeTensor'];
  assert.equal([...answers.keys()], ['rsh', ...rounding, 'interLayerV2', 'interLayerV3', 'avgPool']);
  for (const { name, columns, rows } of answers.values()) {
    assert.ok(rows.length > 500, name);
    for (const row of rows) {
      assert.is(row.length, columns.length, name);
      assert.ok(
        row.every((value) => Number.isSafeInteger(value) || Math.fround(value) === value),
        `${name} ${row}`,
      );
    }
  }
  assert.equal(knownAnswers(), [...answers.values()]);
});

test('rows differ, also as text, and the library has each function', () => {
  for (const known of answers.values()) {
    const lines = vectorsTable(known).trimEnd().split('\n').slice(1);
    const header = vectorsHeader(known)
      .split('\n')
      .filter((line) => line.startsWith('  {'));
    const edges = lines.slice(0, -500);
    assert.is(new Set(edges).size, edges.length, known.name);
    assert.is(header.length, lines.length);
    for (const row of known.rows) {
      const call = overlay[known.name as 'rsh'] as (...args: readonly number[]) => number;
      assert.is(call(...row.slice(0, -1)), row.at(-1), `${known.name} ${row}`);
    }
  }
  const [first = '', second = ''] = vectorsHeader(answers.get('quantizeTensor')!).split('\n').slice(3);
  assert.equal([first, second], ['  {1, 8, 0, 0},', '  {1, 8, -0.0, 0},']);
  assert.throws(() => overlay.rsh(2 ** 53, 1), /^rsh: expected the value to be a whole number below 2\^53/);
});

test('they hold the worked numbers of the specification', () => {
  const result = (name: string, ...args: number[]): number | undefined =>
    rowsOf(name)
      .find((row) => args.every((value, i) => row[i] === value))
      ?.at(-1);
  assert.is(result('rsh', -7, 2), -2);
  assert.is(result('interLayerV2', 9, 107, 7, 8, 256), 1);
  assert.is(result('interLayerV2', 9, 107, 7, 8, -256), 0);
  assert.is(result('interLayerV3', 10, 26000, 20, 16, 2 ** 40, 0), 32767);
  assert.is(result('avgPool', 980, 5, 8, 8), 19);
  assert.is(result('avgPool', 6200, 5, 8, 8), 121);
});

test('the steps of a trace end where the functions do', () => {
  const [v2, v3] = OVERLAYS;
  for (const [pre = 0, scale = 0, post = 0, bits, acc = 0, code] of rowsOf('interLayerV2')) {
    const positive = { prescale: [pre], scale: [scale], postscale: [post], bias: [0] };
    const end = { interLayer: v2!.interLayer[bits as BitWidth], bitsOut: bits as BitWidth, positive };
    assert.is(stepsOf(acc, end, 0).code, code);
  }
  for (const [pre = 0, scale = 0, post = 0, bits, acc = 0, bias = 0, code] of rowsOf('interLayerV3')) {
    const positive = { prescale: [pre], scale: [scale], postscale: [post], bias: [bias] };
    const end = { interLayer: v3!.interLayer[bits as BitWidth], bitsOut: bits as BitWidth, positive };
    assert.is(stepsOf(acc, end, 0).code, code);
  }
});

test.run();
