import { fail } from '../error.js';
import { elements, type Shape, strides } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList, entryOf } from './support/tensorflow.js';

/** How updates meet what is there; `shape`: of the zeros that they are added to, null where the third input is written to. */
export type ScatterAttrs = { readonly operation: keyof typeof joins; readonly shape: Shape | null };

const joins = {
  update: (_old: number, value: number) => value,
  add: (old: number, value: number) => old + value,
  subtract: (old: number, value: number) => old - value,
  max: (old: number, value: number) => Math.max(old, value),
  min: (old: number, value: number) => Math.min(old, value),
} as const;

const operations: Readonly<Record<string, ScatterAttrs['operation']>> = {
  ScatterNd: 'add',
  TensorScatterUpdate: 'update',
  TensorScatterAdd: 'add',
  TensorScatterSub: 'subtract',
  TensorScatterMax: 'max',
  TensorScatterMin: 'min',
};

function read(node: TensorFlowNode): TensorFlowReading<ScatterAttrs> | undefined {
  const operation = entryOf(node, operations);
  if (node.type !== 'ScatterNd') return { attrs: { operation, shape: null }, inputs: [1, 2, 0], params: [] };
  const shape = constantList(node, 2);
  return shape === undefined ? undefined : { attrs: { operation, shape }, inputs: [0, 1], params: [] };
}

/**
 * Slices written at positions along the leading axes: the first input holds the positions, the second the slices, the third
 * what they are written to. In the order of the positions, in double; positions outside are passed over.
 */
export const scatter: Op<ScatterAttrs> = {
  name: 'scatter',
  tensorflow: { types: Object.keys(operations), read },
  shape({ shape }, inputs) {
    const [positions, updates] = expectInputs(inputs, 2, 3);
    const target = shape ?? inputs[2] ?? [];
    const depth = positions.at(-1) ?? 0;
    const count = elements(positions.slice(0, -1));
    const expected = count * elements(target.slice(depth));
    if (depth < 1 || depth > target.length)
      fail('model', '', `expected positions along 1 to ${target.length} axes, got ${depth}.`);
    if (elements(updates) !== expected)
      fail('model', '', `expected ${expected} elements for ${count} positions, got ${elements(updates)}.`);
    return [target];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { operation } }, [positions, updates, target], [output]) {
    const depth = positions!.shape.at(-1)!;
    const sizes = output!.shape.slice(0, depth);
    const steps = strides(output!.shape);
    const slice = elements(output!.shape.slice(depth));
    const values = target === undefined ? new Float64Array(output!.data.length) : Float64Array.from(target.data);
    const join = joins[operation];
    for (let row = 0; row * depth < positions!.data.length; row++) {
      const position = positions!.data.subarray(row * depth, (row + 1) * depth) as Float32Array;
      if (!sizes.every((size, axis) => position[axis]! >= 0 && position[axis]! < size)) continue;
      const to = position.reduce((sum, index, axis) => sum + index * steps[axis]!, 0);
      for (let i = 0; i < slice; i++) values[to + i] = join(values[to + i]!, updates!.data[row * slice + i]!);
    }
    output!.data.set(values);
  },
};
