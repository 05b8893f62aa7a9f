import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { keepShape } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';
import { constantNumbers } from './support/tensorflow.js';

/** Factor of the distance from the mean. */
export type AdjustContrastAttrs = { readonly factor: number };

function read(node: TensorFlowNode): TensorFlowReading<AdjustContrastAttrs> | undefined {
  const factor = constantNumbers(node, 1)?.[0];
  return factor === undefined ? undefined : { attrs: { factor }, inputs: [0], params: [] };
}

/** Each channel of each image, channels last, moved away from its mean or towards it; in double, rounded once. */
export const adjustContrast: Op<AdjustContrastAttrs> = {
  name: 'adjust-contrast',
  tensorflow: { types: ['AdjustContrastv2'], read },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs: { factor } }, { shape, data }, output) => {
    const [height = 1, width = 1, channels = 1] = shape.slice(-3);
    const pixels = height * width;
    for (let image = 0; image < data.length; image += pixels * channels)
      for (let channel = image; channel < image + channels; channel++) {
        let sum = 0;
        for (let pixel = 0; pixel < pixels; pixel++) sum += data[channel + pixel * channels];
        const mean = sum / pixels;
        for (let pixel = 0; pixel < pixels; pixel++) {
          const at = channel + pixel * channels;
          output.data[at] = (data[at] - mean) * factor + mean;
        }
      }
  }),
};
