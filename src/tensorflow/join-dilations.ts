import type { NodeDef } from './node.js';

/** Types that may stand between a convolution and its BatchToSpaceND: they work element by element or per channel. */
const elementwise: ReadonlySet<string> = new Set([
  'BiasAdd',
  'Identity',
  'Relu',
  'Relu6',
  'FusedBatchNorm',
  'FusedBatchNormV2',
  'FusedBatchNormV3',
]);

/**
 * Joins SpaceToBatchND -> convolution -> BatchToSpaceND, which is how exporters write a dilated convolution. The
 * convolution then reads the input of the SpaceToBatchND, and block, paddings and crops as three more inputs. The
 * SpaceToBatchND is left out unless another node reads it; the BatchToSpaceND becomes a copy.
 */
export function joinDilations(nodes: readonly NodeDef[]): readonly NodeDef[] {
  const table = new Map(nodes.map((node) => [node.name, node]));
  const replaced = new Map<string, NodeDef>();
  const splits = new Set<string>();
  for (const node of nodes) {
    const convolution = node.op === 'BatchToSpaceND' ? convolutionBefore(node, table) : undefined;
    const split = convolution === undefined ? undefined : nodeBefore(convolution, table);
    if (convolution === undefined || split === undefined || split.op !== 'SpaceToBatchND') continue;
    const [data, block, paddings] = split.inputs;
    const [filter, crops] = [convolution.inputs[1], node.inputs[2]];
    if (!data || !block || !paddings || !filter || !crops) continue;
    splits.add(split.name);
    replaced.set(convolution.name, { ...convolution, inputs: [data, filter, block, paddings, crops] });
    replaced.set(node.name, { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1) });
  }
  const joined = nodes.map((node) => replaced.get(node.name) ?? node);
  const read = new Set(joined.flatMap((node) => node.inputs.map((ref) => ref.node)));
  return joined.filter((node) => node.op !== 'SpaceToBatchND' || !splits.has(node.name) || read.has(node.name));
}

type NodeTable = ReadonlyMap<string, NodeDef>;

function nodeBefore(node: NodeDef, table: NodeTable): NodeDef | undefined {
  const [data] = node.inputs;
  return data === undefined ? undefined : table.get(data.node);
}

/** The convolution whose result reaches the node through element-wise nodes only. */
function convolutionBefore(node: NodeDef, table: NodeTable): NodeDef | undefined {
  let current = nodeBefore(node, table);
  while (current !== undefined && elementwise.has(current.op)) current = nodeBefore(current, table);
  return current?.op === 'Conv2D' || current?.op === 'DepthwiseConv2dNative' ? current : undefined;
}
