import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantList, dataFormat } from './support/tensorflow.js';

/** Neighbouring channels of which one remains. */
export type DepthPoolingAttrs = { readonly window: number };

/** MaxPool over channels alone: TensorFlow runs those whose windows do not overlap and fill the channels. */
function read(node: TensorFlowNode): TensorFlowReading<DepthPoolingAttrs> | undefined {
  const isV2 = node.type === 'MaxPoolV2';
  const kernel = isV2 ? constantList(node, 1) : (node.attr('ksize') as readonly number[] | undefined);
  const stride = isV2 ? constantList(node, 2) : (node.attr('strides') as readonly number[] | undefined);
  const [batch, height, width, window = 1] = kernel ?? [];
  if (dataFormat(node) !== 'NHWC' || batch !== 1 || height !== 1 || width !== 1 || window === 1) return undefined;
  return stride?.join() === kernel?.join() ? { attrs: { window }, inputs: [0], params: [] } : undefined;
}

/** Maximum of each group of neighbouring channels (maxout), channels last. */
export const depthPooling: Op<DepthPoolingAttrs> = {
  name: 'depth-pooling',
  tensorflow: { types: ['MaxPool', 'MaxPoolV2'], read },
  shape({ window }, inputs) {
    const [input] = expectInputs(inputs, 1);
    const channels = input.at(-1) ?? 0;
    if (channels % window !== 0)
      fail('model', '', `expected a number of channels that is a multiple of ${window}, got ${channels}.`);
    return [[...input.slice(0, -1), channels / window]];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs: { window } }, input, output) => {
    for (let at = 0; at < output.data.length; at++) {
      let most = -Infinity;
      for (let k = 0; k < window; k++) most = Math.max(most, input.data[at * window + k]);
      output.data[at] = most;
    }
  }),
};
