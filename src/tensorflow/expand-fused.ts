import { attributeOf } from './attributes.js';
import type { InputRef, NodeDef } from './node.js';

/** A node of a fused one, reading the results of those before it. */
type Step = Pick<NodeDef, 'op' | 'attrs' | 'inputs'>;

/** Types that optimisers make of a convolution or matrix product, and the type of that. */
const products: ReadonlyMap<string, string> = new Map(
  Object.entries({
    _FusedConv2D: 'Conv2D',
    _FusedDepthwiseConv2dNative: 'DepthwiseConv2dNative',
    _FusedMatMul: 'MatMul',
  }),
);

/** Activations that a fused node may end with. */
const activations: ReadonlySet<string> = new Set(['Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Tanh', 'Sigmoid']);

/**
 * Replaces the fused nodes that TensorFlow's graph optimisers write by the nodes that they stand for. The last one keeps
 * the name, the others are named after their type: `conv1/Conv2D`. Nodes with an unknown part stay as they are.
 */
export function expandFused(nodes: readonly NodeDef[]): readonly NodeDef[] {
  return nodes.flatMap((node) => {
    const steps = stepsOf(node);
    return steps === undefined ? [node] : chained(node.name, steps);
  });
}

/** Each step reads the one before it as its first input. */
function chained(name: string, steps: readonly Step[]): NodeDef[] {
  const nameOf = (index: number): string => (index === steps.length - 1 ? name : `${name}/${steps[index]?.op}`);
  return steps.map(({ op, attrs, inputs }, index) => {
    const before: InputRef[] = index === 0 ? [] : [{ node: nameOf(index - 1), output: 0 }];
    return { name: nameOf(index), op, attrs, inputs: [...before, ...inputs] };
  });
}

function stepsOf(node: NodeDef): Step[] | undefined {
  if (node.op === '_FusedBatchNormEx') return normalisation(node);
  if (node.op === 'FusedPadConv2D') return paddedConvolution(node);
  if (node.op === 'FusedResizeAndPadConv2D') return resizedConvolution(node);
  if (node.op === 'AccumulateNV2') return [{ op: 'AddN', attrs: {}, inputs: node.inputs }];
  const type = products.get(node.op);
  return type === undefined ? undefined : fusedProduct(node, type);
}

function fusedProduct(node: NodeDef, type: string): Step[] | undefined {
  const fused = (attributeOf(node, 'fused_ops') ?? []) as readonly string[];
  const [data, weights, ...operands] = node.inputs;
  if (data === undefined || weights === undefined) return undefined;
  const steps: Step[] = [{ op: type, attrs: node.attrs, inputs: [data, weights] }];
  for (const op of fused) {
    if (op === 'BiasAdd' || op === 'Add') steps.push({ op, attrs: formatOf(node), inputs: operands.splice(0, 1) });
    else if (op === 'FusedBatchNorm') steps.push(batchNorm(node, operands.splice(0, 4)));
    else if (activations.has(op)) steps.push(activation(node, op));
    else return undefined;
  }
  return steps;
}

function batchNorm(node: NodeDef, statistics: readonly InputRef[]): Step {
  const attrs = { ...formatOf(node), epsilon: attributeOf(node, 'epsilon'), is_training: false };
  return { op: 'FusedBatchNormV3', attrs, inputs: statistics };
}

function activation(node: NodeDef, op: string): Step {
  return { op, attrs: op === 'LeakyRelu' ? { alpha: attributeOf(node, 'leakyrelu_alpha') } : {}, inputs: [] };
}

/** A batch norm, perhaps with an operand that is added and an activation. */
function normalisation(node: NodeDef): Step[] | undefined {
  const mode = String(attributeOf(node, 'activation_mode') ?? 'Identity');
  if (mode !== 'Identity' && !activations.has(mode)) return undefined;
  const [added] = node.inputs.slice(5);
  return [
    { op: 'FusedBatchNormV3', attrs: node.attrs, inputs: node.inputs.slice(0, 5) },
    ...(added === undefined ? [] : [{ op: 'AddV2', attrs: {}, inputs: [added] }]),
    ...(mode === 'Identity' ? [] : [activation(node, mode)]),
  ];
}

/** A convolution of an input that is mirrored at its borders first. */
function paddedConvolution(node: NodeDef): Step[] | undefined {
  const [data, paddings, filter] = node.inputs;
  if (data === undefined || paddings === undefined || filter === undefined) return undefined;
  return [
    { op: 'MirrorPad', attrs: { mode: attributeOf(node, 'mode') }, inputs: [data, paddings] },
    { op: 'Conv2D', attrs: node.attrs, inputs: [filter] },
  ];
}

/** The same of an image that is resized before. */
function resizedConvolution(node: NodeDef): Step[] | undefined {
  const [data, size, ...others] = node.inputs;
  const [pad, convolution] = paddedConvolution({ ...node, inputs: data === undefined ? [] : [data, ...others] }) ?? [];
  if (data === undefined || size === undefined || pad === undefined || convolution === undefined) return undefined;
  const attrs = { align_corners: attributeOf(node, 'resize_align_corners') === true };
  return [{ op: 'ResizeBilinear', attrs, inputs: [data, size] }, { ...pad, inputs: pad.inputs.slice(1) }, convolution];
}

function formatOf(node: NodeDef): NodeDef['attrs'] {
  const format = attributeOf(node, 'data_format');
  return format === undefined ? {} : { data_format: format };
}
