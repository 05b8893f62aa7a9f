import { tensorFlowOps } from '../../src/ops/index.js';
import type { TensorFlowNode, TensorFlowReading } from '../../src/ops/op.js';
import { nth } from '../../src/ops/support/operands.js';
import type { Layout, Shape, Tensor } from '../../src/tensor.js';
import { LARGEST_FLOAT } from '../../src/tensorflow/constant.js';
import { counting, tensor } from './values.js';

/** The sizes of an activation, or a constant. */
type Operand = Shape | Tensor;

/** A node as the importer shows it to an op. */
export function nodeOf(
  type: string,
  operands: readonly Operand[],
  attrs: Readonly<Record<string, unknown>>,
): TensorFlowNode {
  const operand = (index: number): Operand => nth(operands, index);
  return {
    name: 'it',
    type,
    attr: (name) => attrs[name],
    inputCount: operands.length,
    inputShape: (index) => {
      const found = operand(index);
      return 'data' in found ? found.shape : found;
    },
    inputLayout: (): Layout => 'NHWC',
    constant: (index) => {
      const found = operand(index);
      return 'data' in found ? found : undefined;
    },
    fail: (detail) => {
      throw new Error(detail);
    },
  };
}

/** The first op that takes the node, and its reading, as the importer finds them. */
export function read(node: TensorFlowNode): { op: string; reading: TensorFlowReading<any> } | undefined {
  for (const op of tensorFlowOps(node.type)) {
    const reading = op.tensorflow?.read(node);
    if (reading !== undefined) return { op: op.name, reading };
  }
  return undefined;
}

/** A node: its type, inputs and attributes; what it is read as: the op, some of its attributes, its inputs, and the sizes of its params. */
export interface Row {
  readonly type: string;
  readonly from: readonly Operand[];
  readonly with?: Readonly<Record<string, unknown>>;
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** [0] unless stated. */
  readonly inputs?: readonly number[];
  /** None unless stated. */
  readonly params?: readonly Shape[];
  readonly reshape?: Shape;
}

export const image: Shape = [1, 8, 6, 4];
export const vector: Shape = [1, 5];
const list = (...values: number[]): Tensor => tensor([values.length], ...values);
const scalar = (value: number): Tensor => tensor([], value);
export const window = { strides: [1, 2, 2, 1], padding: 'SAME' };
const perChannel = [list(1, 1, 1, 1), list(2, 2, 2, 2), list(3, 3, 3, 3), list(4, 4, 4, 4)];

/** A type of which only the operation differs. */
const same = (types: Readonly<Record<string, string>>, row: Omit<Row, 'type' | 'attrs'>): Row[] =>
  Object.entries(types).map(([type, operation]) => ({ ...row, type, attrs: { operation } }));

/** A type whose op has no attributes, or one that the type gives. */
const mapped = (type: string, op: string, attrs: Readonly<Record<string, unknown>> = {}): Row => ({
  type,
  from: [image],
  op,
  attrs,
});

const square: Shape = [1, 3, 3];
const mainDiagonal = { lower: 0, upper: 0, right: { above: false, below: false } };

export const rows: readonly Row[] = [
  {
    type: 'Bucketize',
    from: [image],
    with: { boundaries: [0, 1.5] },
    op: 'bucketize',
    attrs: { boundaries: [0, 1.5] },
  },
  ...['MaxPool3D', 'AvgPool3D'].flatMap((type): Row[] => {
    const pool = { type, from: [[1, 5, 6, 7, 2]], op: 'pooling-3d' } as const;
    const operation = type === 'MaxPool3D' ? 'max' : 'average';
    const sizes = { ksize: [1, 2, 3, 3, 1], strides: [1, 2, 2, 1, 1] };
    const attrs = { operation, kernel: [2, 3, 3], stride: [2, 2, 1] };
    return [
      { ...pool, with: { ...sizes, padding: 'VALID' }, attrs: { ...attrs, pad: [0, 0, 0], size: [2, 2, 5] } },
      { ...pool, with: { ...sizes, padding: 'SAME' }, attrs: { ...attrs, pad: [0, 0, 1], size: [3, 3, 7] } },
    ];
  }),
  {
    type: 'Conv2D',
    from: [image, counting([3, 3, 4, 7])],
    with: window,
    op: 'convolution',
    attrs: { outChannels: 7, kernel: [3, 3], stride: [2, 2], pad: [0, 0, 1, 1], dilation: [1, 1], group: 1 },
    params: [[7, 4, 3, 3]],
  },
  {
    type: 'Conv2D',
    from: [image, counting([1, 3, 2, 6])],
    with: { strides: [1, 1, 1, 1], padding: 'EXPLICIT', explicit_paddings: [0, 0, 1, 2, 3, 4, 0, 0] },
    op: 'convolution',
    attrs: { kernel: [1, 3], pad: [1, 3, 2, 4], group: 2 },
    params: [[6, 2, 1, 3]],
  },
  {
    type: 'DepthwiseConv2dNative',
    from: [image, counting([3, 3, 4, 2])],
    with: { ...window, dilations: [1, 2, 2, 1], padding: 'VALID' },
    op: 'convolution',
    attrs: { outChannels: 8, group: 4, dilation: [2, 2], pad: [0, 0, 0, 0] },
    params: [[8, 1, 3, 3]],
  },
  {
    type: 'Conv2DBackpropInput',
    from: [list(1, 16, 12, 3), counting([2, 2, 3, 4]), image],
    with: window,
    op: 'deconvolution',
    attrs: { outChannels: 3, kernel: [2, 2], stride: [2, 2], pad: [0, 0, 0, 0] },
    inputs: [2],
    params: [[4, 3, 2, 2]],
  },
  {
    type: 'MatMul',
    from: [vector, counting([5, 3])],
    op: 'inner-product',
    attrs: { outChannels: 3, axis: 1, transpose: false },
    params: [[3, 5]],
  },
  {
    type: 'MatMul',
    from: [vector, counting([3, 5])],
    with: { transpose_b: true },
    op: 'inner-product',
    attrs: { outChannels: 3 },
    params: [[3, 5]],
  },
  ...['BatchMatMul', 'BatchMatMulV2'].map((type) => ({
    type,
    from: [[1, 2, 5], counting([3, 5])],
    with: { adj_y: true },
    op: 'inner-product',
    attrs: { outChannels: 3, axis: 2 },
    params: [[3, 5]],
  })),
  ...['MaxPool', 'AvgPool'].map((type) => ({
    type,
    from: [image],
    with: { ...window, ksize: [1, 3, 3, 1] },
    op: 'pooling',
    attrs: {
      operation: type === 'MaxPool' ? 'max' : 'average',
      kernel: [3, 3],
      pad: [0, 0, 1, 1],
      count: 'valid',
      ceil: false,
    },
  })),
  {
    type: 'MaxPoolV2',
    from: [image, list(1, 2, 3, 1), list(1, 1, 2, 1)],
    with: { padding: 'VALID' },
    op: 'pooling',
    attrs: { kernel: [2, 3], stride: [1, 2] },
  },
  {
    type: 'Mean',
    from: [image, list(2, 1)],
    op: 'pooling',
    attrs: { operation: 'average', kernel: [8, 6] },
    reshape: [1, 4],
  },
  {
    type: 'Mean',
    from: [image, scalar(-1)],
    with: { keep_dims: true },
    op: 'reduce',
    attrs: { operation: 'mean', axes: [3] },
  },
  ...same(
    { Sum: 'sum', Max: 'max', Min: 'min', Prod: 'product' },
    { from: [image, list(3)], op: 'reduce', reshape: [1, 8, 6] },
  ),
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((type) => ({
    type,
    from: [image, ...perChannel],
    with: { is_training: false, epsilon: 0.5 },
    op: 'batch-norm',
    attrs: { axis: 3, eps: 0.5, factor: false, scaleBias: true },
    params: [[4], [4], [4], [4]],
  })),
  {
    type: 'BatchNormWithGlobalNormalization',
    from: [image, ...perChannel],
    with: { variance_epsilon: 0.25, scale_after_normalization: true },
    op: 'batch-norm',
    attrs: { eps: 0.25 },
    params: [[4], [4], [4], [4]],
  },
  mapped('Relu', 'relu', { slope: 0, ceiling: Infinity }),
  mapped('Relu6', 'relu', { slope: 0, ceiling: 6 }),
  mapped('LeakyRelu', 'relu', { slope: Math.fround(0.2) }),
  mapped('Abs', 'abs-val'),
  mapped('Elu', 'elu', { alpha: 1 }),
  mapped('Exp', 'exp', { base: -1, scale: 1, shift: 0 }),
  mapped('Log', 'log', { base: -1, scale: 1, shift: 0 }),
  mapped('Sigmoid', 'sigmoid'),
  mapped('Tanh', 'tanh'),
  mapped('Softmax', 'softmax', { axis: -1 }),
  { ...mapped('LRN', 'lrn', { region: 'across', size: 5, alpha: 5, beta: 0.5, k: 1 }), with: { depth_radius: 2 } },
  ...same(
    { Add: 'sum', AddV2: 'sum', AddN: 'sum', Sub: 'sum', Mul: 'product', Maximum: 'max' },
    {
      from: [image, image],
      op: 'eltwise',
      inputs: [0, 1],
    },
  ),
  { type: 'Sub', from: [image, image], op: 'eltwise', attrs: { coefficients: [1, -1] }, inputs: [0, 1] },
  ...same(
    { BiasAdd: 'add', BiasAddV1: 'add', Add: 'add', AddV2: 'add', Mul: 'mul', RealDiv: 'div', Div: 'div' },
    {
      from: [image, list(1, 2, 3, 4)],
      op: 'binary',
      params: [[4]],
    },
  ),
  ...same({ Sub: 'sub', Maximum: 'max' }, { from: [scalar(1), image], op: 'binary', inputs: [1], params: [[]] }),
  ...same(
    {
      Minimum: 'min',
      SquaredDifference: 'squared-difference',
      Pow: 'pow',
      FloorDiv: 'floor-div',
      FloorMod: 'floor-mod',
      Greater: 'greater',
      GreaterEqual: 'greater-equal',
      Less: 'less',
      LessEqual: 'less-equal',
      Equal: 'equal',
      NotEqual: 'not-equal',
      LogicalAnd: 'and',
      LogicalOr: 'or',
    },
    { from: [image, image], op: 'binary', inputs: [0, 1] },
  ),
  ...same(
    {
      Neg: 'neg',
      Square: 'square',
      Sqrt: 'sqrt',
      Rsqrt: 'rsqrt',
      Reciprocal: 'reciprocal',
      Inv: 'reciprocal',
      Floor: 'floor',
      Ceil: 'ceil',
      Round: 'round',
      Rint: 'round',
      Sign: 'sign',
      LogicalNot: 'not',
    },
    { from: [image], op: 'unary' },
  ),
  { ...mapped('Cast', 'unary', { operation: 'nonzero' }), with: { DstT: 'DT_BOOL' } },
  { ...mapped('Cast', 'unary', { operation: 'truncate' }), with: { DstT: 'DT_INT32' } },
  { type: 'Concat', from: [scalar(3), image, image], op: 'concat', attrs: { axis: 3 }, inputs: [1, 2] },
  { type: 'ConcatV2', from: [image, image, scalar(-1)], op: 'concat', attrs: { axis: -1 }, inputs: [0, 1] },
  { type: 'Transpose', from: [image, list(0, 3, 1, 2)], op: 'permute', attrs: { order: [0, 3, 1, 2] } },
  { type: 'Reshape', from: [image, list(1, -1)], op: 'reshape', attrs: { dims: [1, -1], axis: 0, numAxes: -1 } },
  { type: 'Squeeze', from: [[1, 1, 1, 4]], with: { squeeze_dims: [1, 2] }, op: 'reshape', attrs: { dims: [1, 4] } },
  { type: 'ExpandDims', from: [vector, scalar(1)], op: 'reshape', attrs: { dims: [1, 1, 5] } },
  {
    type: 'ResizeBilinear',
    from: [image, list(16, 12)],
    with: { half_pixel_centers: true },
    op: 'resize',
    attrs: { size: [16, 12], method: 'bilinear', alignment: 'half-pixel', layout: 'NHWC' },
  },
  {
    type: 'ResizeNearestNeighbor',
    from: [image, list(16, 12)],
    with: { align_corners: true },
    op: 'resize',
    attrs: { method: 'nearest', alignment: 'corners' },
  },
  {
    type: 'Split',
    from: [scalar(3), image],
    with: { num_split: 2 },
    op: 'slice',
    attrs: { axis: 3, count: 2, points: [] },
    inputs: [1],
  },
  { type: 'SplitV', from: [image, list(1, -1), scalar(3)], op: 'slice', attrs: { axis: 3, count: 2, points: [1] } },
  { type: 'ArgMax', from: [vector, scalar(1)], op: 'argmax', attrs: { axis: 1, ties: 'lowest' }, reshape: [1] },
  ...['SpaceToDepth', 'DepthToSpace'].map((type) => ({
    type,
    from: [image],
    with: { block_size: 2 },
    op: 'depth-space',
    attrs: { to: type === 'SpaceToDepth' ? 'depth' : 'space', block: 2, layout: 'NHWC' },
  })),
  {
    type: 'FakeQuantWithMinMaxArgs',
    from: [image],
    with: { min: -1, max: 3, num_bits: 7 },
    op: 'fake-quant',
    attrs: { min: [-1], max: [3], bits: 7, narrow: false },
  },
  {
    type: 'FakeQuantWithMinMaxVars',
    from: [image, scalar(-2), scalar(2)],
    with: { narrow_range: true },
    op: 'fake-quant',
    attrs: { min: [-2], max: [2], bits: 8, narrow: true },
  },
  {
    type: 'FakeQuantWithMinMaxVarsPerChannel',
    from: [image, list(0, 0, 0, 0), list(1, 2, 3, 4)],
    op: 'fake-quant',
    attrs: { min: [0, 0, 0, 0], max: [1, 2, 3, 4] },
  },
  ...['Pack', 'Stack'].map((type) => ({
    type,
    from: [vector, vector],
    with: { axis: -1 },
    op: 'pack',
    attrs: { axis: 2 },
    inputs: [0, 1],
  })),
  ...['Unpack', 'Unstack'].map((type) => ({
    type,
    from: [vector],
    with: { axis: 1 },
    op: 'unpack',
    attrs: { axis: 1 },
  })),
  {
    type: 'Pad',
    from: [vector, tensor([2, 2], 0, 0, 1, 2)],
    op: 'pad',
    attrs: { before: [0, 1], after: [0, 2], mode: 'constant', value: 0 },
  },
  { type: 'PadV2', from: [vector, tensor([2, 2], 0, 0, 1, 2), scalar(7)], op: 'pad', attrs: { value: 7 } },
  {
    type: 'MirrorPad',
    from: [vector, tensor([2, 2], 0, 0, 1, 2)],
    with: { mode: 'SYMMETRIC' },
    op: 'pad',
    attrs: { mode: 'symmetric' },
  },
  ...['Select', 'SelectV2'].map((type) => ({
    type,
    from: [vector, vector, vector],
    op: 'select',
    attrs: { rows: type === 'Select' },
    inputs: [0, 1, 2],
  })),
  {
    type: 'StridedSlice',
    from: [image, list(0, -3, 5), list(1, 8, 0), list(1, 1, -2)],
    with: { shrink_axis_mask: 1, end_mask: 2 },
    op: 'strided-slice',
    attrs: { begin: [0, 5, 5, 0], step: [1, 1, -2, 1], size: [1, 3, 3, 4], shape: [3, 3, 4] },
  },
  {
    type: 'StridedSlice',
    from: [image, list(0, 0, 1), list(0, 0, 3), list(1, 1, 1)],
    with: { ellipsis_mask: 1, new_axis_mask: 2 },
    op: 'strided-slice',
    attrs: { begin: [0, 0, 0, 1], size: [1, 8, 6, 2], shape: [1, 8, 6, 1, 2] },
  },
  {
    type: 'Slice',
    from: [image, list(0, 1, 0, 0), list(1, 2, -1, 4)],
    op: 'strided-slice',
    attrs: { begin: [0, 1, 0, 0], step: [1, 1, 1, 1], size: [1, 2, 6, 4], shape: [1, 2, 6, 4] },
  },
  { type: 'Tile', from: [vector, list(1, 3)], op: 'tile', attrs: { multiples: [1, 3] } },
  {
    type: 'Div',
    from: [image, image],
    with: { T: 'DT_INT32' },
    op: 'binary',
    attrs: { operation: 'truncate-div' },
    inputs: [0, 1],
  },
  {
    type: 'Mean',
    from: [image, list(3)],
    with: { T: 'DT_INT32', keep_dims: true },
    op: 'reduce',
    attrs: { operation: 'whole-mean' },
  },
  ...same({ Atan2: 'atan2', Xlog1py: 'x-times-log1p-y' }, { from: [image, image], op: 'binary', inputs: [0, 1] }),
  ...same({ TruncateDiv: 'truncate-div', Mod: 'mod' }, { from: [image, image], op: 'binary', inputs: [0, 1] }),
  ...['Gather', 'ResourceGather'].map((type) => ({
    type,
    from: [[7, 2], vector],
    op: 'lookup',
    attrs: { axis: 0, batches: 0 },
    inputs: [0, 1],
  })),
  {
    type: 'GatherNd',
    from: [
      [7, 2],
      [5, 1],
    ],
    op: 'lookup-nd',
    attrs: { batches: 0 },
    inputs: [0, 1],
  },
  { type: 'TopK', from: [vector], with: { k: 2 }, op: 'top-k', attrs: { count: 2 } },
  ...['MatrixBandPart', 'BatchMatrixBandPart'].map((type) => ({
    type,
    from: [square, scalar(-1), scalar(0)],
    op: 'band-part',
    attrs: { lower: -1, upper: 0 },
  })),
  ...['MatrixDiag', 'BatchMatrixDiag'].map((type) => ({
    type,
    from: [vector],
    op: 'matrix-diag',
    attrs: { band: mainDiagonal, size: [5, 5], padding: 0 },
  })),
  ...['MatrixDiagV2', 'MatrixDiagV3'].map((type) => ({
    type,
    from: [vector, scalar(-1), scalar(-1), scalar(-1), scalar(3)],
    op: 'matrix-diag',
    attrs: {
      band: { lower: -1, upper: -1, right: { above: type.endsWith('3'), below: false } },
      size: [6, 6],
      padding: 3,
    },
  })),
  ...['MatrixSetDiag', 'MatrixSetDiagV2', 'MatrixSetDiagV3', 'BatchMatrixSetDiag'].map((type) => ({
    type,
    from: [square, [1, 3], ...(/V/.test(type) ? [scalar(0)] : [])],
    with: { align: 'LEFT_RIGHT' },
    op: 'matrix-diag',
    attrs: {
      band: type.endsWith('3') ? { ...mainDiagonal, right: { above: false, below: true } } : mainDiagonal,
      size: null,
    },
    inputs: [1, 0],
  })),
  ...['MatrixDiagPart', 'MatrixDiagPartV2', 'MatrixDiagPartV3', 'BatchMatrixDiagPart'].map((type) => ({
    type,
    from: [square, ...(/V/.test(type) ? [list(-1, 1), scalar(5)] : [])],
    with: { align: 'RIGHT_RIGHT' },
    op: 'matrix-diag-part',
    attrs: /V/.test(type)
      ? { band: { lower: -1, upper: 1, right: { above: type.endsWith('3'), below: type.endsWith('3') } }, padding: 5 }
      : { band: mainDiagonal, padding: 0 },
  })),
  {
    type: 'ReverseSequence',
    from: [[1, 5, 2], list(3)],
    with: { seq_dim: 1, batch_dim: 0 },
    op: 'reverse-sequence',
    attrs: { axis: 1, batchAxis: 0 },
    inputs: [0, 1],
  },
  ...['MaxPool', 'MaxPoolV2'].map((type) => {
    const sizes = { ksize: [1, 1, 1, 2], strides: [1, 1, 1, 2] };
    const given = type === 'MaxPoolV2' ? [list(...sizes.ksize), list(...sizes.strides)] : [];
    return {
      type,
      from: [image, ...given],
      with: { ...sizes, padding: 'VALID' },
      op: 'depth-pooling',
      attrs: { window: 2 },
    };
  }),
  {
    type: 'ScaleAndTranslate',
    from: [image, list(4, 1), list(0.5, 1), list(0, 0)],
    with: { kernel_type: 'box' },
    op: 'resample',
    attrs: { columns: [{ start: 0, weights: [1, 0] }] },
  },
  {
    type: 'ResizeArea',
    from: [image, list(4, 1)],
    op: 'resample',
    attrs: { rows: [0, 2, 4, 6].map((start) => ({ start, weights: [0.5, 0.5] })) },
  },
  { ...mapped('L2Loss', 'reduction', { operation: 'square-sum', axis: 0, coefficient: 0.5 }) },
  {
    type: 'GatherV2',
    from: [[2, 7, 3], [2, 4], scalar(1)],
    with: { batch_dims: 1 },
    op: 'lookup',
    attrs: { axis: 1, batches: 1 },
    inputs: [0, 1],
  },
  {
    type: 'CropAndResize',
    from: [image, [3, 4], list(0, 0, 0), list(2, 5)],
    with: { extrapolation_value: 0.5 },
    op: 'crop-and-resize',
    attrs: { size: [2, 5], method: 'bilinear', outside: 0.5 },
    inputs: [0, 1, 2],
  },
  {
    type: 'ScatterNd',
    from: [tensor([1, 1], 2), [1, 4], list(3, 4)],
    op: 'scatter',
    attrs: { operation: 'add', shape: [3, 4] },
    inputs: [0, 1],
  },
  ...Object.entries({ Update: 'update', Add: 'add', Sub: 'subtract', Max: 'max', Min: 'min' }).map(
    ([word, operation]) => ({
      type: `TensorScatter${word}`,
      from: [vector, tensor([1, 1], 0), [1, 5]],
      op: 'scatter',
      attrs: { operation, shape: null },
      inputs: [1, 2, 0],
    }),
  ),
  ...['QuantizeAndDequantizeV2', 'QuantizeAndDequantizeV3', 'QuantizeAndDequantizeV4'].map((type) => ({
    type,
    from: [image, scalar(-1), scalar(3), ...(type.endsWith('3') ? [scalar(6)] : [])],
    with: { num_bits: 6, range_given: true, narrow_range: true, round_mode: 'HALF_UP', signed_input: false },
    op: 'quantize-dequantize',
    attrs: { bits: 6, signed: false, narrow: true, round: 'half-up', range: { min: [-1], max: [3] }, axis: null },
  })),
  { type: 'AdjustContrastv2', from: [image, scalar(2)], op: 'adjust-contrast', attrs: { factor: 2 } },
  ...Object.entries({ AdjustHue: 'hue', AdjustSaturation: 'saturation' }).map(([type, operation]) => ({
    type,
    from: [[1, 2, 2, 3], scalar(0.5)],
    op: 'adjust-colour',
    attrs: { operation, amount: 0.5 },
  })),
  ...Object.entries({ RGBToHSV: 'to-hsv', HSVToRGB: 'from-hsv' }).map(([type, operation]) => ({
    type,
    from: [[1, 2, 2, 3]],
    op: 'adjust-colour',
    attrs: { operation },
  })),
  ...Object.entries({ Sum: 'sum', Prod: 'product', Max: 'max', Min: 'min', Mean: 'mean' }).map(([word, operation]) => ({
    type: `Segment${word}`,
    from: [[3, 2], list(0, 0, 1)],
    op: 'segment',
    attrs: { operation, segments: [0, 0, 1], rows: null, count: 2, empty: word === 'Prod' ? 1 : 0 },
  })),
  ...Object.entries({ Sum: 0, Prod: 1, Max: -LARGEST_FLOAT, Min: LARGEST_FLOAT }).map(([word, empty]) => ({
    type: `UnsortedSegment${word}`,
    from: [[3, 2], list(3, 0, -1), scalar(5)],
    op: 'segment',
    attrs: { segments: [3, 0, -1], rows: null, count: 5, empty },
  })),
  ...Object.entries({ Sum: 'sum', Mean: 'mean', SqrtN: 'sum-by-root' }).flatMap(([word, operation]) =>
    ['', 'WithNumSegments'].map((suffix) => ({
      type: `SparseSegment${word}${suffix}`,
      from: [[3, 2], list(2, 0), list(0, 1), ...(suffix === '' ? [] : [scalar(4)])],
      op: 'segment',
      attrs: { operation, segments: [0, 1], rows: [2, 0], count: suffix === '' ? 2 : 4 },
    })),
  ),
  ...['NonMaxSuppressionV4', 'NonMaxSuppressionV5'].map((type) => ({
    type,
    from: [[7, 4], [7], scalar(3), scalar(0.5), scalar(0.25), ...(type.endsWith('5') ? [scalar(0)] : [])],
    with: { pad_to_max_output_size: true },
    op: 'non-max-suppression',
    attrs: { count: 3, overlap: 0.5, score: 0.25, scores: type.endsWith('5') },
    inputs: [0, 1],
  })),
  {
    type: 'CombinedNonMaxSuppression',
    from: [[1, 7, 1, 4], [1, 7, 2], scalar(3), scalar(50), scalar(0.5), scalar(0.25)],
    with: { pad_per_class: true, clip_boxes: false },
    op: 'combined-non-max-suppression',
    attrs: { count: 3, total: 6, overlap: 0.5, score: 0.25, clip: false },
    inputs: [0, 1],
  },
];
