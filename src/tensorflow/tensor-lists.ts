import { elements } from '../tensor.js';
import { constant } from './constant.js';
import { filled } from './constant-arithmetic.js';
import type { NodeDef } from './node.js';
import { constantState, type ListState, type OutputState } from './output-state.js';

/** Reads a node that stands for a part of another one: the pieces of a tensor, or a tensor of pieces. */
type Reader = (node: NodeDef, inputs: readonly OutputState[]) => readonly OutputState[] | undefined;

/**
 * Whether a node of this type makes, changes or reads a list of tensors: a TensorList of TensorFlow 2, or a TensorArray
 * of TensorFlow 1, whose `flow` then stands for the list.
 */
export function isListType(type: string): boolean {
  return Object.hasOwn(listTypes, type);
}

/**
 * The outputs of a node on lists, as loops and `map_fn` fill them. A list holds one state for each place. Undefined for
 * places that depend on the image and for lists of unknown length. `read` takes a tensor apart and puts one together.
 */
export function listOutputs(
  node: NodeDef,
  inputs: readonly OutputState[],
  read: Reader,
): readonly OutputState[] | undefined {
  return listTypes[node.op]?.(inputs, node, read);
}

type States = readonly OutputState[] | undefined;

const listTypes: Readonly<Record<string, (inputs: readonly OutputState[], node: NodeDef, read: Reader) => States>> = {
  EmptyTensorList: () => [list([])],
  TensorListReserve: ([, size]) => emptyList(size, 1),
  TensorListFromTensor: ([tensor], node, read) => wrapped(pieces(tensor, node, read)),
  TensorListLength: ([from]) => length(from),
  TensorListPushBack: ([from, item]) => wrapped(item && itemsOf(from)?.concat(item)),
  TensorListSetItem: ([from, index, item]) => replaced(from, index, item),
  TensorListGetItem: ([from, index, shape], node) => item(itemsOf(from)?.[wholeNumber(index) ?? -1], node, shape),
  TensorListStack: ([from], node, read) => stacked(itemsOf(from), node, read),
  TensorArrayV3: ([size]) => emptyList(size, 2),
  TensorArrayScatterV3: ([, indices, tensor, flow], node, read) => scattered(flow, indices, pieces(tensor, node, read)),
  TensorArrayWriteV3: ([, index, item, flow]) => replaced(flow, index, item),
  TensorArrayReadV3: ([, index, flow], node) => item(itemsOf(flow)?.[wholeNumber(index) ?? -1], node, undefined),
  TensorArrayGatherV3: ([, indices, flow], node, read) => stacked(chosen(flow, indices), node, read),
  TensorArraySizeV3: ([, flow]) => length(flow),
};

type Items = readonly (OutputState | undefined)[];

const list = (items: Items): ListState => ({ kind: 'list', items });
const wrapped = (items: Items | undefined): States => items && [list(items)];
const itemsOf = (state: OutputState | undefined): Items | undefined =>
  state?.kind === 'list' ? state.items : undefined;

/** `copies` outputs that are one list of empty places. */
function emptyList(size: OutputState | undefined, copies: number): States {
  const count = wholeNumber(size);
  return count === undefined ? undefined : new Array(copies).fill(list(new Array(count).fill(undefined)));
}

function length(from: OutputState | undefined): States {
  const items = itemsOf(from);
  return items && [constantState(constant('DT_INT32', [], [items.length]))];
}

/** The slices of a tensor along its first axis. */
function pieces(tensor: OutputState | undefined, node: NodeDef, read: Reader): States {
  return tensor && read({ ...node, op: 'Unpack', attrs: { axis: 0 } }, [tensor]);
}

function stacked(items: Items | undefined, node: NodeDef, read: Reader): States {
  const filled = items?.filter((state) => state !== undefined);
  if (filled === undefined || filled.length !== items?.length) return undefined;
  return read({ ...node, op: 'Pack', attrs: { axis: 0 } }, filled);
}

function replaced(
  from: OutputState | undefined,
  index: OutputState | undefined,
  item: OutputState | undefined,
): States {
  const [items, at] = [itemsOf(from), wholeNumber(index)];
  if (items === undefined || item === undefined || at === undefined || at >= items.length) return undefined;
  return [list(items.map((old, place) => (place === at ? item : old)))];
}

function scattered(flow: OutputState | undefined, indices: OutputState | undefined, parts: States): States {
  const [items, places] = [itemsOf(flow), placesOf(indices)];
  if (items === undefined || places === undefined || parts === undefined) return undefined;
  const from = new Map(places.map((place, index) => [place, parts[index]]));
  return [list(items.map((old, place) => from.get(place) ?? old))];
}

const chosen = (flow: OutputState | undefined, indices: OutputState | undefined): Items | undefined =>
  placesOf(indices)?.map((place) => itemsOf(flow)?.[place]);

const placesOf = (indices: OutputState | undefined): number[] | undefined =>
  indices?.kind === 'constant' ? Array.from(indices.value.data) : undefined;

function wholeNumber(state: OutputState | undefined): number | undefined {
  const value = state?.kind === 'constant' ? state.value.data[0] : undefined;
  return value !== undefined && Number.isInteger(value) && value >= 0 && value < 65536 ? value : undefined;
}

/** A place that nothing has filled holds zeros of the element's shape. */
function item(
  state: OutputState | undefined,
  node: NodeDef,
  shape: OutputState | undefined,
): OutputState[] | undefined {
  if (state !== undefined) return [state];
  const sizes = shape?.kind === 'constant' ? Array.from(shape.value.data) : undefined;
  if (sizes === undefined || sizes.some((size) => size < 0) || elements(sizes) > 1 << 24) return undefined;
  return [constantState(filled(String(node.attrs['element_dtype'] ?? 'DT_FLOAT'), sizes, 0))];
}
