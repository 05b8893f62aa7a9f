import { fail } from '../error.js';
import { elements, type Shape, strides, type Tensor } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/**
 * Axes from the second one on are cut into every block-th element, which become batches (`to: 'batch'`), or come from
 * batches. `edges`: elements of padding, or of cropping, before and after each of these axes, in turn.
 */
export type SpaceBatchAttrs = {
  readonly to: 'batch' | 'space';
  readonly block: readonly number[];
  readonly edges: readonly number[];
};

/** The forms without ND have one block size for height and width as an attribute. */
function read(node: TensorFlowNode): TensorFlowReading<SpaceBatchAttrs> | undefined {
  const isNd = node.type.endsWith('ND');
  const block = isNd ? constantList(node, 1) : [node.attr('block_size'), node.attr('block_size')];
  const edges = constantList(node, isNd ? 2 : 1);
  if (block === undefined || edges === undefined) return undefined;
  const to = node.type.startsWith('SpaceToBatch') ? 'batch' : 'space';
  return { attrs: { to, block, edges }, inputs: [0], params: [] };
}

/** The shape that batches are joined to, cropped. */
function wideShape({ block, edges }: SpaceBatchAttrs, narrow: Shape): number[] {
  return narrow.map((size, axis) => {
    const entry = axis - 1;
    if (axis === 0) return size / elements(block);
    return entry < block.length ? size * block[entry]! - edges[2 * entry]! - edges[2 * entry + 1]! : size;
  });
}

/** Copies every element between the image (`wide`) and its parts (`narrow`). */
function exchange(attrs: SpaceBatchAttrs, narrow: Tensor<any>, wide: Tensor<any>, toNarrow: boolean): void {
  const { block, edges } = attrs;
  const images = wide.shape[0]!;
  let at = 0;
  const walk = (axis: number, from: number, inside: boolean, parts: readonly number[]): void => {
    if (axis === wide.shape.length) {
      if (toNarrow) narrow.data[at] = inside ? wide.data[from] : 0;
      else if (inside) wide.data[from] = narrow.data[at];
      at++;
      return;
    }
    const [entry, size] = [axis - 1, wide.shape[axis]!];
    for (let index = 0; index < narrow.shape[axis]!; index++) {
      const place = entry < block.length ? index * block[entry]! + parts[entry]! - edges[2 * entry]! : index;
      walk(axis + 1, from * size + place, inside && place >= 0 && place < size, parts);
    }
  };
  for (let part = 0; part < elements(block); part++) {
    const parts = strides(block).map((step, entry) => Math.floor(part / step) % block[entry]!);
    for (let image = 0; image < images; image++) walk(1, image, true, parts);
  }
}

/** Every block-th element of the axes as a batch of its own, or the reverse. Moves elements only; padding is 0. */
export const spaceBatch: Op<SpaceBatchAttrs> = {
  name: 'space-batch',
  tensorflow: { types: ['SpaceToBatchND', 'BatchToSpaceND', 'SpaceToBatch', 'BatchToSpace'], read },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    const { to, block, edges } = attrs;
    const input = inputs[0]!;
    if (to === 'space') {
      const shape = wideShape(attrs, input);
      if (!Number.isInteger(shape[0]))
        fail('model', '', `expected a batch that is a multiple of ${elements(block)}, got ${input[0]}.`);
      return [shape];
    }
    const shape = input.map((size, axis) => {
      const entry = axis - 1;
      if (axis === 0) return size * elements(block);
      return entry < block.length ? (size + edges[2 * entry]! + edges[2 * entry + 1]!) / block[entry]! : size;
    });
    if (!shape.every(Number.isInteger))
      fail(
        'model',
        '',
        `expected padded sizes that are multiples of the block ${block.join('x')}, got ${input.join('x')}.`,
      );
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs }, [input], [output]) {
    if (attrs.to === 'batch') exchange(attrs, output!, input!, true);
    else exchange(attrs, input!, output!, false);
  },
};
