/**
 * Types whose outputs are their data inputs, one for one: what exporters and training leave behind. The nodes vanish;
 * their names still mean the value.
 */
const copies: ReadonlySet<string> = new Set([
  'Identity',
  'IdentityN',
  'StopGradient',
  'PreventGradient',
  'CheckNumerics',
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

/** Whether a node of this type keeps weights outside the graph. */
export function isVariable(type: string): boolean {
  return variables.has(type);
}

/** Whether a node of this type needs no more than the shape of its inputs. */
export function isShapeQuery(type: string): boolean {
  return type === 'Shape' || type === 'ShapeN' || type === 'Size' || type === 'Rank';
}
