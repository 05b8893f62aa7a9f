import { buildEntry, type OverlayName, type ScalingEntry } from '../../src/scaling/index.js';

const widths = { bw_layer_in: 8, bw_layer_out: 8, bw_params: 8 };

/** Entries of a small network, made as `quantize` makes them: two convolutions, an Eltwise, for v3 an average pooling. */
export function sample(overlay: OverlayName = 'v2'): ScalingEntry[] {
  const conv1 = buildEntry(
    {
      ...widths,
      name: 'conv1',
      form: 'Convolution',
      th_layer_in: 100,
      th_layer_out: 50,
      th_params: [0.5, 0.25, 0.75].map(Math.fround),
      channels: 3,
      area: 1,
    },
    overlay,
  );
  const conv2 = buildEntry(
    {
      ...widths,
      name: 'conv2',
      form: 'Convolution',
      th_layer_in: 50,
      th_layer_out: 20.5,
      th_params: [0.125, 0.3].map(Math.fround),
      channels: 2,
      area: 1,
    },
    overlay,
  );
  const sum = buildEntry(
    {
      ...widths,
      name: 'sum',
      form: 'Eltwise',
      th_layer_in: 20.5,
      th_layer_out: 31.25,
      th_params: [],
      channels: 1,
      area: 1,
    },
    overlay,
  );
  const pool = buildEntry(
    {
      ...widths,
      name: 'pool',
      form: 'AveragePooling',
      th_layer_in: 31.25,
      th_layer_out: 31.25,
      th_params: [],
      channels: 2,
      area: 49,
    },
    overlay,
  );
  return overlay === 'v2' ? [conv1, conv2, sum] : [conv1, conv2, sum, pool];
}
