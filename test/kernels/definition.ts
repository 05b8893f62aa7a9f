import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';

/** Index of an input element; undefined in the padding. */
export function inputIndex(
  { input, inChannels, layout }: ConvolutionGeometry,
  channel: number,
  y: number,
  x: number,
): number | undefined {
  if (y < 0 || y >= input[0] || x < 0 || x >= input[1]) return undefined;
  return layout === 'NCHW' ? (channel * input[0] + y) * input[1] + x : (y * input[1] + x) * inChannels + channel;
}

/** Index of an output element. */
export function outputIndex(
  { output, outChannels, layout }: ConvolutionGeometry,
  channel: number,
  pixel: number,
): number {
  return layout === 'NCHW' ? channel * output[0] * output[1] + pixel : pixel * outChannels + channel;
}

/** Calls `visit` for every output with its products in ascending k: input index (undefined: padding) and weight index. */
export function convolve(
  geometry: ConvolutionGeometry,
  visit: (channel: number, pixel: number, products: [number | undefined, number][]) => void,
): void {
  const { kernel, stride, pad, dilation, output } = geometry;
  const perGroup = geometry.inChannels / geometry.group;
  for (let channel = 0; channel < geometry.outChannels; channel++) {
    const first = Math.floor(channel / (geometry.outChannels / geometry.group)) * perGroup;
    for (let pixel = 0; pixel < output[0] * output[1]; pixel++) {
      const products: [number | undefined, number][] = [];
      const y = Math.floor(pixel / output[1]) * stride[0] - pad[0];
      const x = (pixel % output[1]) * stride[1] - pad[1];
      for (let k = 0; k < perGroup * kernel[0] * kernel[1]; k++) {
        const column = k % kernel[1];
        const row = Math.floor(k / kernel[1]) % kernel[0];
        const plane = Math.floor(k / kernel[1] / kernel[0]);
        const at = inputIndex(geometry, first + plane, y + row * dilation[0], x + column * dilation[1]);
        products.push([at, channel * perGroup * kernel[0] * kernel[1] + k]);
      }
      visit(channel, pixel, products);
    }
  }
}

function geometry(
  inChannels: number,
  outChannels: number,
  input: [number, number],
  more: Partial<ConvolutionGeometry> = {},
): ConvolutionGeometry {
  const { kernel = [3, 3], stride = [1, 1], pad = [1, 1, 1, 1], dilation = [1, 1], group = 1, layout = 'NCHW' } = more;
  const size = (axis: 0 | 1): number =>
    Math.max(
      1,
      Math.floor((input[axis] + pad[axis]! + pad[axis + 2]! - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) +
        1,
    );
  return {
    inChannels,
    outChannels,
    group,
    kernel,
    stride,
    pad,
    dilation,
    input,
    output: more.output ?? [size(0), size(1)],
    layout,
  };
}

/** Shapes around every tile and every special path: pointwise, strided, dilated, grouped, depthwise, ragged, both layouts. */
export function geometries(): ConvolutionGeometry[] {
  const none: [number, number, number, number] = [0, 0, 0, 0];
  const planar = [
    geometry(3, 5, [9, 11]),
    geometry(4, 8, [8, 8]),
    geometry(1, 1, [1, 1]),
    geometry(5, 7, [7, 7]),
    geometry(3, 8, [23, 19], { kernel: [7, 7], stride: [2, 2], pad: [3, 3, 3, 3] }),
    geometry(16, 9, [7, 7], { kernel: [1, 1], pad: none }),
    geometry(1601, 3, [3, 7], { kernel: [1, 1], pad: none }),
    geometry(10, 6, [5, 5], { kernel: [1, 1], pad: none, group: 2 }),
    geometry(70, 12, [14, 14], { kernel: [1, 1], pad: none, stride: [2, 2] }),
    geometry(6, 4, [10, 13], { dilation: [2, 3], pad: [2, 3, 2, 3] }),
    geometry(6, 6, [9, 9], { stride: [2, 1] }),
    geometry(6, 6, [9, 9], { stride: [1, 3], pad: none }),
    geometry(6, 4, [9, 9], { group: 2 }),
    geometry(6, 6, [9, 9], { group: 6 }),
    geometry(6, 12, [14, 14], { group: 6, stride: [2, 2] }),
    geometry(5, 5, [7, 20], { group: 5, kernel: [5, 5], pad: [2, 2, 2, 2] }),
    geometry(4, 6, [5, 6], { kernel: [5, 1], pad: [2, 0, 2, 0] }),
    geometry(4, 6, [5, 6], { kernel: [1, 5], pad: [0, 2, 0, 2], stride: [2, 2] }),
    geometry(8, 9, [7, 7]),
    geometry(17, 12, [5, 6], { pad: [0, 2, 1, 0] }),
    geometry(16, 40, [14, 14], { group: 2 }),
    geometry(40, 8, [13, 28]),
    geometry(9, 10, [12, 17], { pad: [0, 0, 3, 2] }),
    geometry(16, 8, [29, 12], { group: 2 }),
    geometry(48, 5, [6, 5], { kernel: [3, 3] }),
    geometry(2, 3, [224, 3], { pad: [0, 1, 1, 2], stride: [2, 2] }),
    geometry(3, 4, [4, 4], { pad: [4, 4, 4, 4], kernel: [2, 2] }),
    geometry(2, 4, [5, 5], { kernel: [2, 2], stride: [2, 2], pad: none, output: [3, 3] }),
    geometry(8, 8, [1, 1], { kernel: [1, 1], pad: none }),
    geometry(2, 3, [6, 6], { kernel: [1, 1], stride: [4, 3], pad: [1, 1, 1, 1] }),
  ];
  return [...planar, ...planar.map((one) => ({ ...one, layout: 'NHWC' as const }))];
}
