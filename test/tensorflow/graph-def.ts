import { ProtobufWriter } from '../protobuf-writer.js';

/** What an attribute holds, by the field of AttrValue that holds it. */
export type Attribute =
  | { readonly s: string }
  | { readonly i: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly ints: readonly number[] }
  | { readonly shape: readonly number[] }
  | { readonly floats: readonly number[]; readonly of: readonly number[] }
  | { readonly int32s: readonly number[]; readonly of?: readonly number[] }
  | { readonly bools: readonly boolean[]; readonly of: readonly number[] }
  | { readonly f: number }
  /** A scalar tensor of text. */
  | { readonly text: string }
  /** The name of a function. */
  | { readonly func: string }
  | { readonly funcs: readonly string[] };

export interface TestNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
}

/** A function of a graph's library. Its nodes read `argument` or `node:output:0`. */
export interface TestFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Names of the results, and the outputs of nodes that they are. */
  readonly results: Readonly<Record<string, string>>;
  readonly nodes: readonly TestNode[];
}

/** A serialized GraphDef, written against the wire format. */
export function graphDef(...nodes: readonly TestNode[]): Uint8Array {
  return graphWithFunctions(nodes, []);
}

/** A serialized GraphDef with a function library. */
export function graphWithFunctions(nodes: readonly TestNode[], functions: readonly TestFunction[]): Uint8Array {
  return ProtobufWriter.build((writer) => {
    nodes.forEach((node) => writer.message(1, (message) => writeNode(message, node)));
    writer.message(2, (library) =>
      functions.forEach((one) => library.message(1, (message) => writeFunction(message, one))),
    );
  });
}

function writeFunction(writer: ProtobufWriter, { name, inputs, results, nodes }: TestFunction): void {
  writer.message(1, (signature) => {
    signature.string(1, name);
    inputs.forEach((input) => signature.message(2, (argument) => argument.string(1, input)));
    Object.keys(results).forEach((result) => signature.message(3, (argument) => argument.string(1, result)));
  });
  nodes.forEach((node) => writer.message(3, (message) => writeNode(message, node)));
  Object.entries(results).forEach(([key, value]) =>
    writer.message(4, (entry) => entry.string(1, key).string(2, value)),
  );
}

/** A Placeholder of a shape, -1 for unknown sizes; without one the rank is unknown too. */
export function placeholder(name: string, shape?: readonly number[]): TestNode {
  return {
    name,
    op: 'Placeholder',
    attr: shape === undefined ? { dtype: { type: 1 } } : { dtype: { type: 1 }, shape: { shape } },
  };
}

/** A Const of float32. */
export function floats(name: string, shape: readonly number[], values: readonly number[]): TestNode {
  return { name, op: 'Const', attr: { dtype: { type: 1 }, value: { floats: values, of: shape } } };
}

/** A Const of int32, a vector where no shape is given. */
export function int32s(name: string, values: readonly number[], of: readonly number[] = [values.length]): TestNode {
  return { name, op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: values, of } } };
}

/** A scalar Const of bool. */
export function bool(name: string, value: boolean): TestNode {
  return { name, op: 'Const', attr: { dtype: { type: 10 }, value: { bools: [value], of: [] } } };
}

function writeNode(writer: ProtobufWriter, node: TestNode): void {
  writer.string(1, node.name).string(2, node.op);
  for (const input of node.input ?? []) writer.string(3, input);
  for (const [key, value] of Object.entries(node.attr ?? {})) {
    writer.message(5, (entry) => entry.string(1, key).message(2, (message) => writeAttribute(message, value)));
  }
}

function writeAttribute(writer: ProtobufWriter, value: Attribute): void {
  if ('s' in value) writer.string(2, value.s);
  else if ('i' in value) writer.integer(3, value.i);
  else if ('b' in value) writer.integer(5, value.b ? 1 : 0);
  else if ('type' in value) writer.integer(6, value.type);
  else if ('ints' in value) writer.message(1, (list) => list.packedIntegers(3, value.ints));
  else if ('shape' in value) writer.message(7, (shape) => writeShape(shape, value.shape));
  else if ('floats' in value)
    writer.message(8, (tensor) =>
      tensor
        .integer(1, 1)
        .message(2, (shape) => writeShape(shape, value.of))
        .packedFloats(5, value.floats),
    );
  else if ('bools' in value)
    writer.message(8, (tensor) =>
      tensor
        .integer(1, 10)
        .message(2, (shape) => writeShape(shape, value.of))
        .packedIntegers(11, value.bools.map(Number)),
    );
  else if ('f' in value) writer.unpackedFloats(4, [value.f]);
  else if ('text' in value) writer.message(8, (tensor) => tensor.integer(1, 7).string(8, value.text));
  else if ('func' in value) writer.message(10, (func) => func.string(1, value.func));
  else if ('funcs' in value)
    writer.message(1, (list) => {
      for (const name of value.funcs) list.message(9, (func) => func.string(1, name));
    });
  else
    writer.message(8, (tensor) =>
      tensor
        .integer(1, 3)
        .message(2, (shape) => writeShape(shape, value.of ?? [value.int32s.length]))
        .packedIntegers(7, value.int32s),
    );
}

function writeShape(writer: ProtobufWriter, sizes: readonly number[]): void {
  for (const size of sizes) writer.message(2, (dim) => dim.integer(1, size));
}
