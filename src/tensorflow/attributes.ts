import { fail } from '../error.js';
import { describeNode, type NodeDef } from './node.js';

/** A kind of attribute: what it is called in messages, and a test of a value. */
interface Kind {
  readonly name: string;
  holds(value: unknown): boolean;
}

const isWhole = Number.isSafeInteger;
const isList = (value: unknown, holds: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(holds);
const isShape = (value: unknown): boolean => value === null || isList(value, isWhole);

const integer: Kind = { name: 'a whole number', holds: isWhole };
const integers: Kind = { name: 'a list of whole numbers', holds: (value) => isList(value, isWhole) };
const axes: Kind = { name: 'one or several whole numbers', holds: (value) => isWhole(value) || isList(value, isWhole) };
const number: Kind = { name: 'a number', holds: (value) => typeof value === 'number' && Number.isFinite(value) };
const numbers: Kind = {
  name: 'a list of numbers',
  holds: (value) => isList(value, (element) => typeof element === 'number' && Number.isFinite(element)),
};
const flag: Kind = { name: 'true or false', holds: (value) => typeof value === 'boolean' };
const text: Kind = { name: 'a word', holds: (value) => typeof value === 'string' };
const texts: Kind = { name: 'a list of words', holds: (value) => isList(value, (word) => typeof word === 'string') };
const shape: Kind = { name: 'a shape', holds: isShape };
const shapes: Kind = { name: 'a list of shapes', holds: (value) => isList(value, isShape) };
const tensor: Kind = {
  name: 'a tensor',
  holds: (value) => typeof value === 'object' && value !== null && 'data' in value && 'dtype' in value,
};

/** The kind of every attribute that the import reads. Node types that are read agree on the kinds. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ...['k', 'batch_dims', 'block_size', 'num_split', 'num_bits', 'depth_radius', 'channels'].map(
    (name) => [name, integer] as const,
  ),
  ...['space_to_batch_axis', 'begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map(
    (name) => [name, integer] as const,
  ),
  ...['strides', 'dilations', 'ksize', 'ksizes', 'rates', 'explicit_paddings'].map((name) => [name, integers] as const),
  ...['axis', 'squeeze_dims'].map((name) => [name, axes] as const),
  ...['alpha', 'beta', 'bias', 'epsilon', 'variance_epsilon', 'min', 'max', 'leakyrelu_alpha'].map(
    (name) => [name, number] as const,
  ),
  ...['is_training', 'scale_after_normalization', 'narrow_range', 'keep_dims', 'exclusive', 'reverse'].map(
    (name) => [name, flag] as const,
  ),
  ...['align_corners', 'half_pixel_centers', 'transpose_a', 'transpose_b', 'adj_x', 'adj_y'].map(
    (name) => [name, flag] as const,
  ),
  ...['padding', 'data_format', 'mode', 'equation', 'activation_mode', 'DstT', 'T', 'dtype', 'out_type'].map(
    (name) => [name, text] as const,
  ),
  ...['f', 'then_branch', 'else_branch', 'cond', 'body', 'frame_name', 'element_dtype'].map(
    (name) => [name, text] as const,
  ),
  ...['pad_per_class', 'clip_boxes', 'pad_to_max_output_size', 'range_given', 'signed_input'].map(
    (name) => [name, flag] as const,
  ),
  ...['antialias', 'resize_align_corners'].map((name) => [name, flag] as const),
  ...['method', 'round_mode', 'align', 'kernel_type', 'src_format', 'dst_format'].map((name) => [name, text] as const),
  ['extrapolation_value', number],
  ['boundaries', numbers],
  ['fused_ops', texts],
  ['branches', texts],
  ['num_outs', integer],
  ['shape', shape],
  ['_output_shapes', shapes],
  ['value', tensor],
]);

/** Attributes that TensorFlow gives no default: a node that is read and lacks one is broken. */
const needed: ReadonlySet<string> = new Set([
  ...[
    'strides',
    'padding',
    'ksize',
    'ksizes',
    'rates',
    'block_size',
    'num_split',
    'k',
    'DstT',
    'equation',
    'mode',
    'num_outs',
  ],
]);

/** Types whose `mode` has a default. */
const isOptional = ({ op }: Pick<NodeDef, 'op'>, name: string): boolean => name === 'mode' && op === 'Dequantize';

/** Whether the import knows the kind of an attribute. */
export function isKnownAttribute(name: string): boolean {
  return kinds.has(name);
}

/**
 * An attribute of a node, undefined where the node has none and TensorFlow gives it a default. Throws `model`, naming the
 * node, for a value of another kind than the attribute has and for an attribute that must be there.
 */
export function attributeOf(node: Pick<NodeDef, 'name' | 'op' | 'attrs'>, name: string): any {
  const value = Object.hasOwn(node.attrs, name) ? node.attrs[name] : undefined;
  const kind = kinds.get(name);
  if (value === undefined && needed.has(name) && !isOptional(node, name))
    fail('model', describeNode(node), `expected an attribute ${name}, got none.`, 'The file may be truncated.');
  if (value !== undefined && kind !== undefined && !kind.holds(value))
    fail('model', describeNode(node), `expected ${kind.name} as attribute ${name}, got ${shown(value)}.`);
  return value;
}

/** At most this much of a value stands in a message. */
const LONGEST = 60;

function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > LONGEST ? `${written.slice(0, LONGEST)}...` : written;
}
