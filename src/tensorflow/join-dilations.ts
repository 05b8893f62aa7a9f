import { constantOf, type NodeDef } from './node.js';

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
 * convolution then reads the input of the SpaceToBatchND, and block, paddings and crops as three more inputs. Around a
 * convolution along one axis there are an ExpandDims and a Squeeze too. The SpaceToBatchND is left out unless another
 * node reads it; the BatchToSpaceND becomes a copy.
 */
export function joinDilations(nodes: readonly NodeDef[]): readonly NodeDef[] {
  const table = new Map(nodes.map((node) => [node.name, node]));
  const readers = readerCounts(nodes);
  const replaced = new Map<string, NodeDef>();
  const splits = new Set<string>();
  for (const node of nodes) {
    const found = node.op === 'BatchToSpaceND' ? dilatedConvolution(node, table, readers) : undefined;
    if (found === undefined) continue;
    const { split, expand, convolution } = found;
    const [data, block, paddings] = split.inputs;
    const [image, filter] = convolution.inputs;
    const crops = node.inputs[2];
    if (!data || !block || !paddings || !image || !filter || !crops) continue;
    splits.add(split.name);
    const attrs = { ...convolution.attrs, space_to_batch_axis: found.axis };
    const source = expand === undefined ? data : image;
    replaced.set(convolution.name, { ...convolution, attrs, inputs: [source, filter, block, paddings, crops] });
    if (expand !== undefined) replaced.set(expand.name, { ...expand, inputs: [data, ...expand.inputs.slice(1)] });
    replaced.set(node.name, { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1) });
  }
  const joined = nodes.map((node) => replaced.get(node.name) ?? node);
  const read = new Set(joined.flatMap((node) => node.inputs.map((ref) => ref.node)));
  return joined.filter((node) => node.op !== 'SpaceToBatchND' || !splits.has(node.name) || read.has(node.name));
}

type NodeTable = ReadonlyMap<string, NodeDef>;

/** A convolution between SpaceToBatchND and BatchToSpaceND. */
interface Dilated {
  readonly split: NodeDef;
  /** The ExpandDims between the SpaceToBatchND and the convolution, if there is one. */
  readonly expand: NodeDef | undefined;
  readonly convolution: NodeDef;
  /** The axis of the convolution's input that block and paddings begin with. */
  readonly axis: number;
}

function dilatedConvolution(
  node: NodeDef,
  table: NodeTable,
  readers: ReadonlyMap<string, number>,
): Dilated | undefined {
  const { convolution, isSqueezed } = convolutionBefore(node, table);
  const before = convolution === undefined ? undefined : nodeBefore(convolution, table);
  if (convolution === undefined || before === undefined) return undefined;
  if (!isSqueezed)
    return before.op === 'SpaceToBatchND' ? { split: before, expand: undefined, convolution, axis: 1 } : undefined;
  const split = before.op === 'ExpandDims' ? nodeBefore(before, table) : undefined;
  const axis = expandedAxis(before, table);
  if (split?.op !== 'SpaceToBatchND' || axis === undefined || (readers.get(before.name) ?? 0) > 1) return undefined;
  // A new axis in front of the one axis of the window moves that to the second place.
  return { split, expand: before, convolution, axis: axis === 1 ? 2 : 1 };
}

function nodeBefore(node: NodeDef, table: NodeTable): NodeDef | undefined {
  const [data] = node.inputs;
  return data === undefined ? undefined : table.get(data.node);
}

/** More nodes than exporters write between both; a longer way, or a circle, is not followed. */
const MOST_BETWEEN = 64;

/** The convolution whose result reaches the node through element-wise nodes only, perhaps with a Squeeze among them. */
function convolutionBefore(node: NodeDef, table: NodeTable): { convolution: NodeDef | undefined; isSqueezed: boolean } {
  let current = nodeBefore(node, table);
  let isSqueezed = false;
  for (let steps = 0; current !== undefined && (elementwise.has(current.op) || current.op === 'Squeeze'); steps++) {
    if (steps === MOST_BETWEEN) return { convolution: undefined, isSqueezed };
    isSqueezed ||= current.op === 'Squeeze';
    current = nodeBefore(current, table);
  }
  const isConvolution = current?.op === 'Conv2D' || current?.op === 'DepthwiseConv2dNative';
  return { convolution: isConvolution ? current : undefined, isSqueezed };
}

/** The axis that an ExpandDims of three axes adds; undefined if it is not a constant 1 or 2. */
function expandedAxis(node: NodeDef, table: NodeTable): number | undefined {
  const source = node.inputs[1] === undefined ? undefined : table.get(node.inputs[1].node);
  const [stated = 0] = (source === undefined ? undefined : constantOf(source)?.data) ?? [];
  const axis = stated < 0 ? stated + 4 : stated;
  return axis === 1 || axis === 2 ? axis : undefined;
}

/** How many nodes read each node. */
function readerCounts(nodes: readonly NodeDef[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { inputs } of nodes)
    for (const name of new Set(inputs.map((ref) => ref.node))) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
