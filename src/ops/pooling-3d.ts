import { fail } from '../error.js';
import type { Shape } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { entryOf } from './support/tensorflow.js';

/** A size for each of depth, height and width. */
type Triple = readonly [number, number, number];

/** Pooling over depth, height and width of a value with channels last. `pad`: at the near side; windows are cut at the edges. */
export type Pooling3dAttrs = {
  readonly operation: 'max' | 'average';
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly pad: Triple;
  readonly size: Triple;
};

const operations = { MaxPool3D: 'max', AvgPool3D: 'average' } as const;

const triple = (list: readonly number[]): Triple => [list[1] ?? 1, list[2] ?? 1, list[3] ?? 1];

/** A function of the sizes along each axis. */
function along(combine: (axis: 0 | 1 | 2) => number): Triple {
  return [combine(0), combine(1), combine(2)];
}

function read(node: TensorFlowNode): TensorFlowReading<Pooling3dAttrs> | undefined {
  const [kernelList, strideList] = [node.attr('ksize'), node.attr('strides')] as (readonly number[])[];
  if ((node.attr('data_format') ?? 'NDHWC') !== 'NDHWC' || kernelList === undefined || strideList === undefined)
    return undefined;
  if (kernelList[0] !== 1 || kernelList[4] !== 1 || strideList[0] !== 1 || strideList[4] !== 1) return undefined;
  const [kernel, stride, input] = [triple(kernelList), triple(strideList), triple(node.inputShape(0))];
  const isSame = node.attr('padding') === 'SAME';
  const size = along((axis) =>
    isSame ? Math.ceil(input[axis] / stride[axis]) : Math.floor((input[axis] - kernel[axis]) / stride[axis]) + 1,
  );
  const pad = along((axis) =>
    isSame ? Math.floor(Math.max(0, (size[axis] - 1) * stride[axis] + kernel[axis] - input[axis]) / 2) : 0,
  );
  return { attrs: { operation: entryOf(node, operations), kernel, stride, pad, size }, inputs: [0], params: [] };
}

/** The indices of a window along an axis that are within the input. */
function range({ kernel, stride, pad }: Pooling3dAttrs, axis: 0 | 1 | 2, at: number, size: number): [number, number] {
  const begin = at * stride[axis] - pad[axis];
  return [Math.max(0, begin), Math.min(size, begin + kernel[axis])];
}

/** The offsets of a window's elements of channel 0, in ascending order. */
function offsets(
  attrs: Pooling3dAttrs,
  [, depth = 1, height = 1, width = 1, channels = 1]: Shape,
  at: Triple,
): number[] {
  const [[z0, z1], [y0, y1], [x0, x1]] = [
    range(attrs, 0, at[0], depth),
    range(attrs, 1, at[1], height),
    range(attrs, 2, at[2], width),
  ];
  const found: number[] = [];
  for (let z = z0; z < z1; z++)
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) found.push(((z * height + y) * width + x) * channels);
  return found;
}

/** Maximum or mean of each window, of the elements that are within the input; in double, rounded once. */
export const pooling3d: Op<Pooling3dAttrs> = {
  name: 'pooling-3d',
  tensorflow: { types: Object.keys(operations), read },
  shape({ size }, inputs) {
    const [input] = expectInputs(inputs, 1);
    const [batch = 1, , , , channels] = input;
    if (channels === undefined || input.length !== 5)
      fail('model', '', `expected a value of 5 axes, got ${input.length}.`);
    return [[batch, ...size.map((length) => Math.max(0, length)), channels]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [input], [output]) {
    const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = output!.shape;
    const step = input!.data.length / batch;
    let to = 0;
    for (let image = 0; image < batch; image++)
      for (let window = 0; window < depth * height * width; window++) {
        const at = [
          Math.floor(window / (height * width)),
          Math.floor(window / width) % height,
          window % width,
        ] as const;
        const elements = offsets(attrs, input!.shape, at);
        for (let channel = 0; channel < channels; channel++) {
          const values = elements.map((offset) => input!.data[image * step + offset + channel]!);
          output!.data[to++] =
            attrs.operation === 'max'
              ? values.reduce((most, value) => Math.max(most, value), -Infinity)
              : values.reduce((sum, value) => sum + value, 0) / values.length;
        }
      }
  },
};
