import { fail } from '../error.js';
import { attributeOf } from './attributes.js';
import { filled } from './constant-arithmetic.js';
import { constantOf, type NodeDef, type PartialShape } from './node.js';

/** Values for placeholders other than the image, by the placeholder's name. */
export type PlaceholderValues = Readonly<Record<string, number | boolean>>;

/**
 * The nodes with the named ones replaced by constants: `keep_prob` 1, `phase_train` false. A placeholder of known
 * shape is filled with its value, others become scalars. Throws `usage` for names that no node has.
 */
export function setPlaceholders(
  nodes: readonly NodeDef[],
  values: PlaceholderValues,
  fileName: string,
): readonly NodeDef[] {
  // TensorFlow's name of the one output of a placeholder is NAME:0.
  const open = new Map(Object.entries(values).map(([name, value]) => [name.replace(/:0$/, ''), value]));
  const result = nodes.map((node) => {
    const value = open.get(node.name);
    if (value === undefined) return node;
    open.delete(node.name);
    return asConstant(node, Number(value));
  });
  const [unknown] = open.keys();
  if (unknown === undefined) return result;
  const placeholders = nodes.filter((node) => node.op.startsWith('Placeholder')).map(({ name }) => `"${name}"`);
  return fail(
    'usage',
    '--set',
    `expected the name of a placeholder of ${fileName}, got "${unknown}".`,
    placeholders.length === 0 ? '' : `It has ${placeholders.slice(0, 5).join(', ')}.`,
  );
}

function asConstant(node: NodeDef, value: number): NodeDef {
  const dtype = String(attributeOf(node, 'dtype') ?? constantOf(node)?.dtype ?? 'DT_FLOAT');
  const declared = (attributeOf(node, 'shape') ?? null) as PartialShape;
  const shape = declared?.every((size) => size >= 0) ? declared : [];
  return { name: node.name, op: 'Const', inputs: [], attrs: { dtype, value: filled(dtype, shape, value) } };
}
