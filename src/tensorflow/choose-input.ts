import { fail } from '../error.js';
import { attributeOf } from './attributes.js';
import type { NodeDef, PartialShape } from './node.js';

/** Types of values that are no image. */
const notImages: ReadonlySet<unknown> = new Set(['DT_BOOL', 'DT_STRING', 'DT_RESOURCE', 'DT_VARIANT']);

/**
 * The placeholder that takes the image: the one Placeholder among the nodes that may, else the one
 * PlaceholderWithDefault. Of several the one that has rows at least: `[?, 224, 224, 3]` beside a scalar `keep_prob`.
 * Throws `model` for none and for several.
 */
export function chooseInput(reached: readonly NodeDef[], fileName: string): NodeDef {
  const plain = reached.filter((node) => node.op === 'Placeholder');
  const withDefault = reached.filter((node) => node.op === 'PlaceholderWithDefault');
  const candidates = [plain, withDefault].map((nodes) => nodes.filter(mayBeImage)).find(({ length }) => length > 0);
  const [first, ...others] = candidates ?? plain;
  if (first === undefined)
    return fail(
      'model',
      fileName,
      'expected a Placeholder that the outputs depend on, got none.',
      'Name the node to feed with --input_layer.',
    );
  if (others.length === 0) return first;
  const [image, second] = [first, ...others].filter(hasRows);
  return image !== undefined && second === undefined ? image : refuseSeveral(fileName, [first, ...others]);
}

/** Throws `model` for placeholders beside the input that have no value. */
export function refuseUnset(fileName: string, input: NodeDef, others: readonly NodeDef[]): never {
  const names = others.map((node) => `"${node.name}"`).join(', ');
  const example = others.map((node) => `${node.name}=${attributeOf(node, 'dtype') === 'DT_BOOL' ? 'false' : 'VALUE'}`);
  return fail(
    'model',
    fileName,
    `expected a value for each Placeholder other than the input "${input.name}", got none for ${names}.`,
    `Give it with --set ${example.join(',')}, or stop before it with --output_layer.`,
  );
}

function mayBeImage(node: NodeDef): boolean {
  return !notImages.has(attributeOf(node, 'dtype'));
}

/** Whether the declared shape has two axes at least. */
function hasRows(node: NodeDef): boolean {
  const shape = (attributeOf(node, 'shape') ?? null) as PartialShape;
  return shape !== null && shape.length >= 2;
}

function refuseSeveral(fileName: string, nodes: readonly NodeDef[]): never {
  const list = nodes.map((node) => `"${node.name}"`).join(', ');
  return fail(
    'model',
    fileName,
    `expected one Placeholder, got ${nodes.length}: ${list}.`,
    'Choose the one to feed with --input_layer, and give the others values with --set NAME=VALUE or choose nodes that do not depend on them with --output_layer.',
  );
}
