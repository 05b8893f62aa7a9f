import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, resolveAxis, sizeAlong } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** The axis along which elements are reversed, and the axis of the sequences. */
export type ReverseSequenceAttrs = { readonly axis: number; readonly batchAxis: number };

function read(node: TensorFlowNode): TensorFlowReading<ReverseSequenceAttrs> {
  const rank = node.inputShape(0).length;
  const axisOf = (name: string): number => resolveAxis((node.attr(name) as number | undefined) ?? 0, rank, name);
  const axis = axisOf('seq_dim');
  const size = sizeAlong(node.inputShape(0), axis);
  const odd = constantList(node, 1)?.find((length) => length < 0 || length > size);
  if (odd !== undefined) node.fail(`expected lengths from 0 to ${size}, got ${odd}.`);
  return { attrs: { axis, batchAxis: axisOf('batch_dim') }, inputs: [0, 1], params: [] };
}

/** Sequences whose first elements, as many as the second input says of each, are in reverse order; the others stay. */
export const reverseSequence: Op<ReverseSequenceAttrs> = {
  name: 'reverse-sequence',
  tensorflow: { types: ['ReverseSequence'], read },
  shape({ axis, batchAxis }, inputs) {
    const [input, lengths] = expectInputs(inputs, 2);
    if (axis === batchAxis) fail('model', '', `expected two axes, got axis ${axis} for both.`);
    if (elements(lengths) !== sizeAlong(input, batchAxis))
      fail('model', '', `expected ${sizeAlong(input, batchAxis)} lengths, got ${elements(lengths)}.`);
    return [input];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { axis, batchAxis } }, [input, lengths], [output]) {
    const { shape, data } = input!;
    const stepOf = (along: number): number => elements(shape.slice(along + 1));
    const [step, batchStep] = [stepOf(axis), stepOf(batchAxis)];
    for (let at = 0; at < data.length; at++) {
      const place = Math.floor(at / step) % shape[axis]!;
      const length = Math.min(lengths!.data[Math.floor(at / batchStep) % shape[batchAxis]!]!, shape[axis]!);
      output!.data[at] = data[place < length ? at + (length - 1 - 2 * place) * step : at];
    }
  },
};
