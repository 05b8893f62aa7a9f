import { attributeOf } from './attributes.js';
import type { NodeDef } from './node.js';

/**
 * Types whose outputs are their data inputs, as exporters and training leave them in a graph. The nodes vanish; their
 * names then mean the value they pass on.
 */
export const copies: ReadonlySet<string> = new Set([
  'Identity',
  'IdentityN',
  'StopGradient',
  'PreventGradient',
  'CheckNumerics',
  'CheckNumericsV2',
  'GuaranteeConst',
  'Snapshot',
  'EnsureShape',
  'ReadVariableOp',
  'DebugIdentity',
  'DebugIdentityV2',
  'DebugIdentityV3',
  'DebugNanCount',
  'PlaceholderWithDefault',
  'Print',
  'DeepCopy',
  'OptimizationBarrier',
]);

const variables: ReadonlySet<string> = new Set([
  'Variable',
  'VariableV2',
  'VarHandleOp',
  'TemporaryVariable',
  'AutoReloadVariable',
  'VariableShape',
]);

/** Whether a node of this type passes its inputs on unchanged. */
export function isCopy(type: string): boolean {
  return copies.has(type);
}

/** Whether a node holds weights that are stored outside the graph; in an unfrozen function they are fed as resources. */
export function isVariable(node: NodeDef): boolean {
  return variables.has(node.op) || (node.op === 'Placeholder' && attributeOf(node, 'dtype') === 'DT_RESOURCE');
}

/** Whether the outputs of a node of this type depend on the shapes of its inputs alone. */
export function isShapeQuery(type: string): boolean {
  return /^(Shape|ShapeN|Size|Rank|ZerosLike|OnesLike)$/.test(type);
}
