import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { constantTensor, dataFormat } from './support/tensorflow.js';

/** Axis of the channels, and the number added to the variance. */
export type InstanceNormAttrs = { readonly axis: number; readonly eps: number };

/** A fused batch norm whose statistics are the input's own; Keras writes its layer normalisation so. */
function read(node: TensorFlowNode): TensorFlowReading<InstanceNormAttrs> | undefined {
  const [scale, offset] = [constantTensor(node, 1), constantTensor(node, 2)];
  if (scale === undefined || offset === undefined || node.attr('is_training') === false) return undefined;
  const eps = (node.attr('epsilon') as number | undefined) ?? Math.fround(1e-4);
  const axis = dataFormat(node) === 'NCHW' ? 1 : node.inputShape(0).length - 1;
  return { attrs: { axis, eps }, inputs: [0], params: [scale, offset] };
}

/** `(x - mean) / sqrt(variance + eps) * scale + offset` for each channel, with the statistics of the image; in double. */
export const instanceNorm: Op<InstanceNormAttrs> = {
  name: 'instance-norm',
  tensorflow: { types: ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'], read },
  params({ axis }, inputs) {
    const shape = [splitAxis(inputs[0]!, axis).size];
    return [
      { role: 'scale', shape, seed: 1 },
      { role: 'offset', shape, seed: 0 },
    ];
  },
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    splitAxis(shapes[0]!, attrs.axis);
    return shapes;
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { axis, eps }, params }, [input], [output]) {
    const { outer, size, inner } = splitAxis(input!.shape, axis);
    for (let channel = 0; channel < size; channel++) {
      const at = (row: number, i: number): number => (row * size + channel) * inner + i;
      let [sum, squares] = [0, 0];
      for (let row = 0; row < outer; row++) for (let i = 0; i < inner; i++) sum += input!.data[at(row, i)];
      const mean = sum / (outer * inner);
      for (let row = 0; row < outer; row++)
        for (let i = 0; i < inner; i++) squares += (input!.data[at(row, i)] - mean) ** 2;
      const factor = params[0]!.data[channel]! / Math.sqrt(squares / (outer * inner) + eps);
      for (let row = 0; row < outer; row++)
        for (let i = 0; i < inner; i++)
          output!.data[at(row, i)] = (input!.data[at(row, i)] - mean) * factor + params[1]!.data[channel]!;
    }
  },
};
