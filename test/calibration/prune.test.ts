import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { dropUnread } from '../../src/calibration/prune.js';
import type { Step } from '../../src/calibration/step.js';
import { concat, networkOf, relu, reshape } from './plans.js';

const graph = networkOf(reshape('s', 'data'), concat('both', 's', 's'), relu('r', 'both'));
const network = analyse(graph);
const [data, s, both] = [0, 1, 2].map((node) => graph.nodes[node]!.outputs[0]!) as [number, number, number];
const raw = (value: number) => ({ value, grid: null });
const grid = { threshold: 0, bits: 8 } as const;
const measured = { from: 'measured', forms: [raw(data)], bits: 8, node: 0 } as const;

const input: Step = { do: 'input', node: 0 };
const round: Step = { do: 'round', node: 0, from: raw(data), grid };
const move: Step = { do: 'move', node: 1, inputs: [{ value: data, grid }] };
const join: Step = { do: 'float', node: 2, inputs: [raw(data), raw(data)] };
const joinCodes: Step = { do: 'concat', node: 2, inputs: [{ value: s, grid }], grid };
const activation: Step = { do: 'float', node: 3, inputs: [raw(both)] };

const kept = (...steps: Step[]): string[] =>
  dropUnread({ steps, thresholds: [measured], entries: [] }, network).steps.map((step) => step.do);

test('roundings and moves are kept where something reads them', () => {
  assert.equal(kept(input, round, move, joinCodes), ['input', 'round', 'move', 'concat']);
  assert.equal(kept(input, round, move), ['input']);
  assert.equal(kept(input, round), ['input']);
});

test('layers are computed though nothing reads them', () => {
  assert.equal(kept(input, activation), ['input', 'float']);
  assert.equal(kept(input, join), ['input', 'float'], 'a Concat of host values');
});

test('the unrounded result of a Concat on codes is kept where something reads it', () => {
  assert.equal(kept(input, round, move, join, joinCodes), ['input', 'round', 'move', 'concat']);
  assert.equal(kept(input, round, move, join, joinCodes, activation), [
    'input',
    'round',
    'move',
    'float',
    'concat',
    'float',
  ]);
});

test('a form that a needed threshold is measured on is kept; thresholds of nothing are not needed', () => {
  const ofCodes = { from: 'measured', forms: [{ value: data, grid }], bits: 8, node: 0 } as const;
  const entry = {
    name: 's',
    form: 'Convolution',
    bw_layer_in: 8,
    bw_params: 8,
    bw_layer_out: 8,
    th_layer_in: 1,
    th_layer_out: 1,
    th_params: null,
    channels: 1,
    area: 1,
  } as const;
  const thresholds = [measured, ofCodes];
  const used = dropUnread({ steps: [input, round], thresholds, entries: [entry] }, network);
  assert.equal(used.steps, [input, round]);
  assert.equal([...used.used].sort(), [0, 1]);
  const unused = dropUnread({ steps: [input, round], thresholds, entries: [] }, network);
  assert.equal([unused.steps, [...unused.used]], [[input], []]);
});

test.run();
