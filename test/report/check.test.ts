import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from '../../src/report/check.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { gridMismatches } from '../../src/scaling-file/grid-mismatches.js';
import { CONVOLUTION, gridEntries, networkOf } from '../placement/networks.js';

test('rescaled codes, which are normal, are listed and counted where the text is wide', () => {
  const graph = networkOf([
    ['Convolution', 'data', 'a', CONVOLUTION],
    ['Convolution', 'a', 'b', CONVOLUTION],
    ['Eltwise', 'a b', 'sum'],
  ]);
  const entries: ScalingEntry[] = [...gridEntries({ a: [7, 5], b: [5, 6], sum: [6, 9] }).values()];
  const other = { entry: 'b', key: 'scale', message: 'is odd.', severity: 'warning', derivable: false } as const;
  const faults = [...gridMismatches(entries, graph), other];
  assert.is(faults.length, 2);
  const result = { overlay: 'v2', entries: 3, faults, fixed: 0 } as const;
  assert.is(
    checkText(result, 'q.json'),
    'warning: q.json: entry "b": scale is odd.\n3 entries for overlay v2: 0 faults, 1 warning\n',
  );
  const wide = checkText(result, 'q.json', { wide: true });
  assert.match(wide, /^warning: q\.json: entry "sum": th_layer_in is 6 .*its codes are rescaled\.$/m);
  assert.match(wide, /0 faults, 2 warnings\n$/);
});

test.run();
