import type { GraphNode } from '../graph/graph.js';
import type { NodeShapes } from '../graph/shapes.js';
import type { Order } from '../kernels/convolution.js';
import type { Epilogue } from '../kernels/epilogue.js';
import type { Lowering } from '../kernels/lowering.js';
import type { Layout, Shape, Tensor, TypedArray } from '../tensor.js';

export type { NodeShapes };

/** The attributes of an operator that has none. */
export type NoAttributes = Readonly<Record<never, never>>;

/** A node whose attributes have the type its op gives them. */
export interface OpNode<A> extends Omit<GraphNode, 'attrs'> {
  readonly attrs: A;
}

/** One constant an operator needs: what a weight blob must look like, and how `--seed_weights` fills it. */
export interface ParamSpec {
  /** `weights`, `bias`, `mean` ...: the word in messages. */
  readonly role: string;
  readonly shape: Shape;
  /** `he`: normal-like with variance 2 / fanIn; a number: around that constant. */
  readonly seed: { readonly he: number } | number;
}

/**
 * How the quantization walk (QUANTIZER.md, section 4) and the overlay (OVERLAY.md, "Layers on the overlay")
 * treat a node. Data, so that calibration and emulation interpret the same thing and no room above asks for
 * an operator's name.
 */
export type Rule =
  | { readonly kind: 'input' }
  /** An exact dot product of codes per output channel. `entry`: in the scaling file always, or on request. `channels`: of the output. */
  | {
      readonly kind: 'weighted';
      readonly entry: 'always' | 'optional';
      readonly channels: number;
      readonly form: 'Convolution' | 'Deconvolution' | 'InnerProduct' | 'Scale';
    }
  /** `y = x < 0 ? x * slope : x`, then at most `ceiling`. One slope, or one per channel. */
  | { readonly kind: 'activation'; readonly slopes: readonly number[]; readonly ceiling: number }
  /** `area`: kernel_h * kernel_w, or H * W when global; `clipped`: some window counts fewer elements. */
  | { readonly kind: 'pool'; readonly operation: 'max' | 'average'; readonly area: number; readonly clipped: boolean }
  /**
   * Moves elements only: threshold and codes pass through. `reference` then works on any typed array. `threshold`: training has
   * fixed the threshold of its input and output.
   */
  | { readonly kind: 'shape'; readonly threshold?: number }
  | { readonly kind: 'lrn' }
  | { readonly kind: 'concat' }
  | { readonly kind: 'eltwise'; readonly operation: 'sum' | 'max'; readonly coefficients: readonly number[] }
  /** Evaluated in double on float32 input, rounded once. */
  | { readonly kind: 'host' };

/** A per-channel affine map over the value's channel axis: `y[c] = scale[c] * x[c] + shift[c]`, in double. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  /**
   * Whether it may be folded into a neighbour by itself. False (a Caffe Scale): only behind one that may;
   * on its own it stays a layer with an entry (QUANTIZER.md, section 4).
   */
  readonly alone: boolean;
  /** A chain that is folded as one holds at most one such node (a batch norm, a Caffe Scale): a second is a layer of its own. */
  readonly once?: boolean;
}

/** A lowering whose output is exact integer sums, and the type they are written in, always channel-major [O][pixels]. */
export interface Accumulation {
  readonly lowering: Lowering;
  readonly type: 'i32' | 'f64';
  /** The sums handed to an epilogue strip by strip instead of stored; the outputs are the epilogue's. Absent: store them first. */
  readonly fuse?: (epilogue: Epilogue) => Lowering;
}

/** What the Caffe importer shows an op of a layer. Messages are decoded with their defaults filled in. */
export interface CaffeLayer {
  readonly name: string;
  readonly type: string;
  /** The layer's own parameter message by its field name in caffe.proto (`convolution_param`); defaults if absent. */
  param(field: string): Record<string, any>;
  /** Whether the source gives this field of that message (to tell a default from a stated value). */
  has(field: string, member?: string): boolean;
  readonly bottoms: readonly Shape[];
  /** The batch size that the file declares; activations hold one image whatever it is. */
  readonly batch: number;
  readonly topCount: number;
  /** Shapes of the blobs in the caffemodel, where one is read: a few layers only show there what they have (a bias). */
  readonly blobShapes: readonly Shape[] | null;
  /** Throws an error that names file, line and layer. `detail`: "expected X, got Y." */
  fail(detail: string, hint?: string): never;
}

/**
 * What the TensorFlow importer shows an op of a node. Inputs that do not depend on the network's input have been
 * evaluated and are offered as constants.
 */
export interface TensorFlowNode {
  readonly name: string;
  readonly type: string;
  /** An attribute by name: strings decoded, lists as arrays, types by their name (`DT_FLOAT`); undefined if absent. */
  attr(name: string): any;
  /** Data inputs; control inputs are gone. */
  readonly inputCount: number;
  /** Shape of an input, constant or not. */
  inputShape(index: number): Shape;
  /** Layout of an input that is an activation. */
  inputLayout(index: number): Layout;
  /** The constant an input evaluates to: float32, or float64 for doubles, integers and booleans; undefined if it depends on the network's input. */
  constant(index: number): Tensor<Float32Array | Float64Array> | undefined;
  fail(detail: string, hint?: string): never;
}

/** What an op makes of a TensorFlow node: which inputs stay data, and what becomes attributes and params. */
export interface TensorFlowReading<A> {
  readonly attrs: A;
  /** Indices of inputs; a constant among them becomes a value of its own (op `constant`). */
  readonly inputs: readonly number[];
  readonly params: readonly Tensor[];
  /** The shape the node's output has in TensorFlow where it differs from the op's: a reshape follows (Mean without keep_dims). */
  readonly reshape?: Shape;
}

/**
 * Everything about one operator. Activations hold one image (leading axis 1). Weights are OIHW. All methods
 * are pure; `shape` and `attributes` reject what makes no sense, so `reference` and lowerings need not.
 */
export interface Op<A = any> {
  /** Its key in the table and in `GraphNode.op`; also its file's name. */
  readonly name: string;
  /** Caffe layer types that spell it, and how to read one. */
  readonly caffe?: { readonly types: readonly string[]; attributes(layer: CaffeLayer): A };
  /**
   * TensorFlow node types that spell it. Several ops may list a type (Add is an Eltwise, or a constant's): they are asked
   * in the order of the table. Undefined result: this node is not of a form this op runs.
   */
  readonly tensorflow?: {
    readonly types: readonly string[];
    read(node: TensorFlowNode): TensorFlowReading<A> | undefined;
  };
  /** How many of its inputs it reads, where the ones after them only give their sizes to `shape`: those do not become the node's. */
  reads?(attrs: A): number;
  /** The constants it needs, in order. Nothing if it has none. */
  params?(attrs: A, inputs: readonly Shape[]): readonly ParamSpec[];
  /** Output shapes. Throws (`fail('model', '', 'expected ...')`, the caller adds the place) what cannot be. */
  shape(attrs: A, inputs: readonly Shape[]): readonly Shape[];
  /** How the walk and the overlay treat it. Shapes are known by then. */
  rule(node: OpNode<A>, shapes: NodeShapes): Rule;
  /**
   * The definition, in plain loops. Float32 in, float32 out; weighted ops add float32 products in ascending k,
   * everything else is evaluated in double and rounded once. Writes every element of `outputs`.
   */
  reference(node: OpNode<A>, inputs: readonly Tensor<any>[], outputs: readonly Tensor<any>[], layout: Layout): void;
  /**
   * The same on kernels, same bits; `fused` is a following activation to apply at once. With `order` `transformed` a
   * convolution may round elsewhere (see `lowerConvolutionF32`). Undefined: use `reference`.
   */
  lower?(
    node: OpNode<A>,
    shapes: NodeShapes,
    fused?: Rule & { kind: 'activation' },
    order?: Order,
  ): Lowering | undefined;
  /**
   * Weighted ops whose `params[0]` is not already [output channel][k] row-major (Deconvolution, a transposed
   * InnerProduct): the weights in that order. It is the order of `accumulate`'s codes.
   */
  weightRows?(node: OpNode<A>): Float32Array;
  /** Weighted ops: exact sums of products of input codes and weight codes (bias, `params[1]`, left out). */
  accumulate?(
    node: OpNode<A>,
    shapes: NodeShapes,
    weightCodes: Int16Array,
    bits: { input: number; params: number },
  ): Accumulation;
  /** Pool ops: codes to codes of the same width as the walk has it (MAX; AVE rounded half even). */
  lowerCodes?(node: OpNode<A>, shapes: NodeShapes, bits: number): Lowering;
  /** Average pooling: codes to int32 window sums, as the overlay's avgPool takes them. */
  lowerSums?(node: OpNode<A>, shapes: NodeShapes, bits: number): Lowering;
  /** Whether every output is the input unchanged (Dropout, Split, Identity): such a node is dropped before anything else. */
  identity?(node: OpNode<A>): boolean;
  /** Multiply-accumulates for one image. */
  macs?(node: OpNode<A>, shapes: NodeShapes): number;
  /** The node as a per-channel affine map, if it is one. */
  toAffine?(node: OpNode<A>, shapes: NodeShapes): Affine | undefined;
  /** A node that computes `affine(node(x))` (`output`) or `node(affine(x))` (`input`) exactly in real numbers, if there is one. */
  absorbAffine?(node: OpNode<A>, affine: Affine, side: 'input' | 'output', shapes: NodeShapes): OpNode<A> | undefined;
}

/** Typed arrays `shape` rules move: activations or codes. */
export type Movable = Tensor<TypedArray>;
