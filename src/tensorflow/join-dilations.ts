import type { NodeDef } from './node.js';

/** What may stand between a convolution and its BatchToSpaceND: it works on each element, or each channel, alone. */
const between: ReadonlySet<string> = new Set([
  'BiasAdd',
  'Identity',
  'Relu',
  'Relu6',
  'FusedBatchNorm',
  'FusedBatchNormV2',
  'FusedBatchNormV3',
]);

/**
 * Joins SpaceToBatchND -> convolution -> BatchToSpaceND, which is how exporters write a dilated convolution, into the
 * convolution: it reads the original, and block, paddings and crops as three more inputs. The two nodes
 * around it go: the first is left out where nothing else reads it, the last becomes a copy.
 */
export function joinDilations(nodes: readonly NodeDef[]): readonly NodeDef[] {
  const table = new Map(nodes.map((node) => [node.name, node]));
  const replaced = new Map<string, NodeDef>();
  const splits = new Set<string>();
  for (const node of nodes) {
    if (node.op !== 'BatchToSpaceND') continue;
    const convolution = behind(node, table);
    const split = convolution === undefined ? undefined : table.get(convolution.inputs[0]!.node);
    if (convolution === undefined || split === undefined || split.op !== 'SpaceToBatchND') continue;
    splits.add(split.name);
    const inputs = [split.inputs[0]!, convolution.inputs[1]!, split.inputs[1]!, split.inputs[2]!, node.inputs[2]!];
    replaced.set(convolution.name, { ...convolution, inputs });
    replaced.set(node.name, { ...node, op: 'Identity', inputs: [node.inputs[0]!] });
  }
  const joined = nodes.map((node) => replaced.get(node.name) ?? node);
  const read = new Set(joined.flatMap((node) => node.inputs.map((ref) => ref.node)));
  return joined.filter((node) => node.op !== 'SpaceToBatchND' || !splits.has(node.name) || read.has(node.name));
}

function behind(node: NodeDef, table: ReadonlyMap<string, NodeDef>): NodeDef | undefined {
  let current = table.get(node.inputs[0]!.node);
  while (current !== undefined && between.has(current.op)) current = table.get(current.inputs[0]!.node);
  return current !== undefined && (current.op === 'Conv2D' || current.op === 'DepthwiseConv2dNative')
    ? current
    : undefined;
}
