import { fail } from '../error.js';
import { elements, type Shape, zeros } from '../tensor.js';
import type { Op, OpNode } from './op.js';
import { pooling } from './pooling/pooling.js';
import type { PoolingAttrs } from './pooling/windows.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { imageSize } from './support/spatial.js';

export type SpatialPyramidPoolingAttrs = {
  readonly operation: PoolingAttrs['operation'];
  /** Level `n` has 2^n x 2^n windows. */
  readonly levels: number;
};

/** The finest of so many levels has 2^15 windows along each axis. */
const MOST_LEVELS = 16;

const operations: Readonly<Record<string, PoolingAttrs['operation']>> = { MAX: 'max', AVE: 'average' };

/** The windows along an axis: their size, which is their stride too, and the padding on both sides. */
function windowsOf(size: number, bins: number): { kernel: number; pad: number } {
  const kernel = Math.ceil(size / bins);
  return { kernel, pad: Math.floor((kernel * bins - size + 1) / 2) };
}

/** The poolings of all levels, coarsest first. Source: Caffe's `spp_layer.cpp`, GetPoolingParam. */
function poolingsOf({ operation, levels }: SpatialPyramidPoolingAttrs, input: Shape | undefined): PoolingAttrs[] {
  const { height, width } = imageSize(input, 'NCHW');
  return Array.from({ length: levels }, (_, level) => {
    const [rows, columns] = [windowsOf(height, 2 ** level), windowsOf(width, 2 ** level)];
    return {
      operation,
      kernel: [rows.kernel, columns.kernel],
      stride: [rows.kernel, columns.kernel],
      pad: [rows.pad, columns.pad, rows.pad, columns.pad],
      count: 'padded',
      ceil: true,
      layout: 'NCHW',
    };
  });
}

/** The shape of each level's pooling. */
function levelShapes(attrs: SpatialPyramidPoolingAttrs, inputs: readonly Shape[]): Shape[] {
  return poolingsOf(attrs, inputs[0]).flatMap((level) => pooling.shape(level, inputs));
}

/**
 * Poolings over grids of 1, 4, 16 ... windows, each flattened to one row, one after the other; a single level keeps its
 * four axes.
 */
export const spatialPyramidPooling: Op<SpatialPyramidPoolingAttrs> = {
  name: 'spatial-pyramid-pooling',
  caffe: {
    types: ['SPP'],
    attributes(layer) {
      const { pool, pyramid_height: levels } = layer.param('spp_param');
      return { operation: operations[pool] ?? layer.fail(`expected pool MAX or AVE, got ${pool}.`), levels };
    },
  },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    expectInteger('pyramid_height', attrs.levels, 1);
    if (attrs.levels > MOST_LEVELS)
      fail('model', '', `expected pyramid_height of at most ${MOST_LEVELS}, got ${attrs.levels}.`);
    const shapes = levelShapes(attrs, inputs);
    if (attrs.levels === 1) return shapes;
    return [[inputs[0]?.[0] ?? 1, shapes.reduce((sum, shape) => sum + elements(shape), 0)]];
  },
  rule: () => ({ kind: 'host' }),
  reference(node, [input], [output], layout) {
    if (input === undefined || output === undefined) return;
    let at = 0;
    for (const attrs of poolingsOf(node.attrs, input.shape)) {
      const [shape = []] = pooling.shape(attrs, [input.shape]);
      const level = zeros(shape);
      pooling.reference({ ...node, attrs } as OpNode<PoolingAttrs>, [input], [level], layout);
      output.data.set(level.data, at);
      at += level.data.length;
    }
  },
};
