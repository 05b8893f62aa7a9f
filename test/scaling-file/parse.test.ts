import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatScaling } from '../../src/scaling-file/format.js';
import { parseScaling, readScaling } from '../../src/scaling-file/parse.js';
import { shared, testShared } from '../support.js';
import { throws } from '../throws.js';
import { sample } from './samples.js';

const text = formatScaling(sample());

testShared('recorded files are read and written back unchanged', () => {
  const walk = join(shared, 'golden/walk');
  for (const name of readdirSync(walk)) {
    const file = join(walk, name, 'expected.json');
    if (!existsSync(file)) continue;
    const content = readFileSync(file, 'utf8');
    assert.is(formatScaling(parseScaling(content, file)), content, name);
  }
  for (const name of readdirSync(join(shared, 'golden/scaling'))) {
    const content = readFileSync(join(shared, 'golden/scaling', name), 'utf8');
    const read = readScaling(content, name);
    assert.equal(read.faults, [], name);
    assert.equal(read.entries, JSON.parse(content).network, name);
  }
});

test('errors name the file, the entry, the key, what was expected and what is there', () => {
  const change = (from: string | RegExp, to: string): string => text.replace(from, to);
  throws(() => parseScaling('{"network": [', 'q.json'), /^q\.json:1:14: expected a value, got the end of the file/);
  throws(
    () => parseScaling('[]', 'q.json'),
    /^q\.json:1:1: expected \{"network": \[entry, \.\.\.\]\}, got a list of 0\./,
  );
  throws(() => parseScaling('{"nets": []}', 'q.json'), /^q\.json:1:1: expected .*, got an object without "network"\./);
  throws(
    () => parseScaling(change('"th_layer_in": 100.0', '"th_layer_in": "big"'), 'q.json'),
    /^q\.json: entry "conv1": th_layer_in: expected a float, got "big"\./,
  );
  throws(
    () => parseScaling(change(/"bw_params": 8/, '"bw_params": 8.5'), 'q.json'),
    /^q\.json: entry "conv1": bw_params: expected a whole number, got 8\.5\./,
  );
  throws(
    () => parseScaling(change(/ *"th_layer_out": 50\.0,\n/, ''), 'q.json'),
    /^q\.json: entry "conv1": th_layer_out: expected the key, got none\./,
  );
  throws(
    () => parseScaling(change('"name": "conv1"', '"name": 3'), 'q.json'),
    /^q\.json: entry "#1": name: expected the layer's name, got 3\./,
  );
  throws(
    () => parseScaling(change(/"th_params": \[/, '"th_params": [null,'), 'q.json'),
    /^q\.json: entry "conv1": th_params\[0\]: expected a float, got null\./,
  );
});

test('spellings that consumers stumble over and unknown keys are reported, not refused', () => {
  const odd = text
    .replace('"th_layer_in": 100.0', '"th_layer_in": 100')
    .replace('"bw_layer_in": 8', '"bw_layer_in": 8.0')
    .replace('"name": "conv1"', '"name": "conv1", "keepprob": 1');
  assert.equal(parseScaling(odd, 'q.json'), parseScaling(text, 'q.json'));
  const { faults } = readScaling(odd, 'q.json');
  assert.equal(
    faults.map(({ entry, key, severity }) => [entry, key, severity]),
    [
      ['conv1', 'bw_layer_in', 'warning'],
      ['conv1', 'keepprob', 'warning'],
      ['conv1', 'th_layer_in', 'warning'],
    ],
  );
});

test('what can be derived may be missing: the entry is read, the fault is marked', () => {
  const { entries, faults, complete } = readScaling(text.replace(/ *"sf_layer_in": [\d.]+,\n/, ''), 'q.json');
  assert.equal(entries, sample());
  assert.ok(complete);
  assert.equal(
    faults.map(({ key, derivable }) => [key, derivable]),
    [['sf_layer_in', true]],
  );
});

test('text without a name is called a scaling file', () => {
  assert.throws(() => parseScaling('{"network": 1}'), /^scaling file:1:13: expected/);
});

test.run();
