import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { weightedEnd } from '../../src/emulator/requantization.js';
import { buildEntry } from '../../src/scaling/index.js';

const entry = (bw: number) =>
  buildEntry(
    {
      name: 'conv',
      form: 'Convolution',
      bw_layer_in: bw,
      bw_params: bw,
      bw_layer_out: bw,
      th_layer_in: 1,
      th_layer_out: 1,
      th_params: [1e-4, 1],
      channels: 2,
      area: 1,
    },
    'v3',
  );

test('a v3 bias is limited to 24 bits at 8 bits only', () => {
  const codes = (bw: number): number[] =>
    Array.from(weightedEnd(entry(bw), 'Convolution', [1e-4, 1], Float32Array.of(1e9, 1), 'v3', null).positive.bias!);
  assert.equal(codes(8), [8388607, 16129]);
  assert.equal(codes(16), [2 ** 31, 16383]);
});

test('the code of 6 is rounded from a float32 quotient', () => {
  const ceiling = (th: number): number =>
    weightedEnd({ ...entry(16), th_layer_out: th }, 'Convolution', [1, 1], undefined, 'v3', { slopes: [0], ceiling: 6 })
      .ceiling!;
  // 6 / sf is 30244.500275 and 30243.499759 in double.
  assert.equal([ceiling(6.500421524047852), ceiling(6.500636577606201)], [30244, 30244]);
});

test.run();
