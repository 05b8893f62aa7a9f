import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatScaling } from '../../src/scaling-file/format.js';
import { refused } from './command.js';
import { quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork();

test('a file and itself: nothing moved', () => {
  const { code, output } = xfdnn('compare', 'q.json', 'q.json');
  assert.equal([code, output], [0, 'nothing moved\n']);
});

test('widths differ; thresholds pass within the tolerance', () => {
  assert.is(xfdnn('rescale', 'q.json', '--bitwidths', '16,16,16', '-o', 'wide.json').code, 0);
  const differs = xfdnn('compare', 'q.json', 'wide.json');
  assert.is(differs.code, 3);
  assert.match(differs.output, /^conv1 +bw_layer_in +8 +16 +differs/m);
  const moved = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  moved.network[1].th_layer_out *= 1.05;
  writeFileSync(path('moved.json'), formatScaling(moved.network));
  assert.equal(
    [
      xfdnn('compare', 'q.json', 'moved.json').code,
      xfdnn('compare', 'q.json', 'moved.json', '--tolerance', '0.05').code,
    ],
    [3, 0],
  );
  assert.is(JSON.parse(xfdnn('compare', 'q.json', 'moved.json', '--json').output).moves.length, 1);
});

test('--summary markdown: a comment with what moved most, and the exit code of the table', () => {
  const { code, output } = xfdnn('compare', 'q.json', 'wide.json', '--summary', 'markdown');
  assert.is(code, 3);
  assert.match(output, /^### xfdnn compare: changed\n\nq\.json → wide\.json: \d+ keys moved/);
  assert.match(output, /^\| conv1 \| bw\\_layer\\_in \| 8 \| 16 \| differs \| 1 \|$/m);
  const same = xfdnn('compare', 'q.json', 'q.json', '--summary', 'markdown');
  assert.equal([same.code, same.output.split('\n')[0]], [0, '### xfdnn compare: no change beyond the tolerance']);
  assert.is(xfdnn('compare', 'q.json', 'q.json', '--summary', 'markdown', '--json').code, 2);
});

test('what compare refuses', () => {
  refused(folder, ['compare', 'q.json'], 2, /^<second>: expected this argument, got none\./);
  refused(
    folder,
    ['compare', 'q.json', 'q.json', '--tolerance', '-1'],
    2,
    /^--tolerance: expected a number of at least 0 such as 0\.01 or 1%, got "-1"\.$/,
  );
});

test.run();
