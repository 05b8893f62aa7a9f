import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requantizeWeighted } from '../../src/overlay/requantization.js';
import { buildEntry, overlayOf } from '../../src/scaling/index.js';

const v3 = overlayOf('v3');

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
  const codes = (bw: number): number[] => {
    const layer = {
      entry: entry(bw),
      form: 'Convolution',
      multipliers: [1e-4, 1],
      bias: Float32Array.of(1e9, 1),
    } as const;
    return Array.from(requantizeWeighted(layer, v3, null).positive.bias!);
  };
  assert.equal(codes(8), [8388607, 16129]);
  assert.equal(codes(16), [2 ** 31, 16383]);
});

test('the code of 6 is rounded from a float32 quotient', () => {
  const ceiling = (th: number): number => {
    const wide = { ...entry(16), th_layer_out: th };
    const layer = { entry: wide, form: 'Convolution', multipliers: [1, 1], bias: undefined } as const;
    return requantizeWeighted(layer, v3, { slopes: [0], ceiling: 6 }).ceiling!;
  };
  // 6 / sf is 30244.500275 and 30243.499759 in double.
  assert.equal([ceiling(6.500421524047852), ceiling(6.500636577606201)], [30244, 30244]);
});

test.run();
