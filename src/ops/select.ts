import type { Shape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs } from './support/axes.js';
import { broadcastShape, forEachBroadcast } from './support/broadcast.js';
import { atLeast, first } from './support/operands.js';

/** `rows`: a condition of one axis chooses whole rows (Select) instead of being broadcast (SelectV2). */
export type SelectAttrs = { readonly rows: boolean };

/** The condition's shape as it is broadcast. */
function conditionShape({ rows }: SelectAttrs, condition: Shape, chosen: Shape): Shape {
  return rows && condition.length === 1 ? [...condition, ...chosen.slice(1).map(() => 1)] : condition;
}

/** `condition ? a : b` for each element, with broadcasting; any condition but 0 is true. */
export const select: Op<SelectAttrs> = {
  name: 'select',
  tensorflow: {
    types: ['Select', 'SelectV2'],
    read: (node) => ({ attrs: { rows: node.type === 'Select' }, inputs: [0, 1, 2], params: [] }),
  },
  shape(attrs, inputs) {
    const [condition, yes, no] = expectInputs(inputs, 3);
    return [[yes, no].reduce(broadcastShape, conditionShape(attrs, condition, yes))];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, inputs, outputs) {
    const [condition, yes, no] = atLeast(inputs, 3);
    const { shape, data } = first(outputs);
    const shapes = [conditionShape(attrs, condition.shape, yes.shape), yes.shape, no.shape];
    forEachBroadcast(
      shape,
      shapes,
      (at, [c, y, n]) => (data[at] = condition.data[c!] !== 0 ? yes.data[y!] : no.data[n!]),
    );
  },
};
