import type { BitWidth } from '../fixed/grid.js';
import type { GraphNode } from '../graph/graph.js';
import type { NodeShapes } from '../graph/shapes.js';
import type { Accumulation } from '../kernels/accumulate.js';
import type { Codes } from '../kernels/codes.js';
import type { ConvolutionAlgorithm } from '../kernels/convolution.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import type { Lowering } from '../kernels/lowering.js';
import type { Layout, Shape, Tensor } from '../tensor.js';

export type { Accumulation, NodeShapes };

/**
 * The elements of an input that the outputs of a weighted op multiply: for each channel of a group, in ascending order, its
 * taps. Group g reads channels g * channels / groups and on.
 */
export interface InputPatches {
  /** Groups of output channels. */
  readonly groups: number;
  /** Input channels of all groups. */
  readonly channels: number;
  /** Elements from one input channel to the next. */
  readonly channelStep: number;
  /** Output pixels of an image. */
  readonly pixels: number;
  /** For each tap of an output pixel the element of input channel 0 that it reads; -1: none. */
  taps(pixel: number): Int32Array;
}

/** The attributes of an operator that has none. */
export type NoAttributes = Readonly<Record<never, never>>;

/** A node whose attributes have the type its op gives them. */
export interface OpNode<A> extends Omit<GraphNode, 'attrs'> {
  readonly attrs: A;
}

/** One constant of an operator: the shape its weight blob must have, and how `--seed_weights` fills it. */
export interface ParamSpec {
  /** `weights`, `bias`, `mean` ...: the word in messages. */
  readonly role: string;
  readonly shape: Shape;
  /** `he`: normal-like with variance 2 / fanIn; a number: around that constant. */
  readonly seed: { readonly he: number } | number;
}

/**
 * How the quantization walk (docs/spec/quantizer.md, section 4) and the overlay (docs/spec/overlay.md, "Layers on the
 * overlay") treat a node. Calibration, placement and emulator read rules; no layer above the operators tests an operator's
 * name. docs/operators.md says what each layer does with each kind.
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
  /** `area`: kernel_h * kernel_w, or H * W when global; `clipped`: the windows that count fewer elements, null: none. */
  | {
      readonly kind: 'pool';
      readonly operation: 'max' | 'average';
      readonly area: number;
      readonly clipped: ClippedWindows | null;
    }
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

/** Windows of a pooling that count fewer elements than its kernel has. */
export interface ClippedWindows {
  /** How many there are in a channel, and of how many windows. */
  readonly windows: number;
  readonly of: number;
  /** Elements of the smallest. */
  readonly smallest: number;
  /** The mean over them of the share of the kernel's elements that they lack. */
  readonly lacking: number;
}

/** A per-channel affine map over the value's channel axis: `y[c] = scale[c] * x[c] + shift[c]`, in double. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  /**
   * Whether it may be folded into a neighbour by itself. False (a Caffe Scale): only behind one that may;
   * on its own it stays a layer with an entry (docs/spec/quantizer.md, section 4).
   */
  readonly alone: boolean;
  /** A chain that is folded as one holds at most one such node (a batch norm, a Caffe Scale): a second is a layer of its own. */
  readonly once?: boolean;
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
  /** Shapes of the blobs in the caffemodel, null without one. Some layers show only there whether they have a bias. */
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

/** A TensorFlow node as an op reads it: the inputs that stay data, the attributes, and the constants that become params. */
export interface TensorFlowReading<A> {
  readonly attrs: A;
  /** Indices of inputs; a constant among them becomes a value of its own (op `constant`). */
  readonly inputs: readonly number[];
  readonly params: readonly Tensor[];
  /** The shape the node's output has in TensorFlow where it differs from the op's: a reshape follows (Mean without keep_dims). */
  readonly reshape?: Shape;
}

/**
 * Everything about one operator. Activations hold one image (leading axis 1). Weights are OIHW. All methods are pure.
 * `attributes`, `read` and `shape` reject nodes that cannot be run; every other method may rely on that. docs/operators.md
 * shows how an operator is added.
 */
export interface Op<A = any> {
  /** Its key in the table and in `GraphNode.op`; also its file's name. */
  readonly name: string;
  /** The Caffe layer types that are this operator, and how its attributes are read from a layer. */
  readonly caffe?: { readonly types: readonly string[]; attributes(layer: CaffeLayer): A };
  /**
   * The TensorFlow node types that this operator may be. Several operators may list a type (Add is an Eltwise, or a binary
   * with a constant): the first of the table whose `read` gives a reading takes the node. `read` gives undefined for a node
   * of a form that this operator does not run.
   */
  readonly tensorflow?: {
    readonly types: readonly string[];
    read(node: TensorFlowNode): TensorFlowReading<A> | undefined;
  };
  /** How many of the layer's inputs the node reads. Inputs after them give `shape` their sizes only. Absent: all of them. */
  reads?(attrs: A): number;
  /** The constants, in the order of `GraphNode.params`. Absent: none. */
  params?(attrs: A, inputs: readonly Shape[]): readonly ParamSpec[];
  /** Output shapes. Throws `fail('model', '', 'expected ..., got ....')` for inputs that do not fit; the caller adds file, line and layer. */
  shape(attrs: A, inputs: readonly Shape[]): readonly Shape[];
  /** How the walk and the overlay treat the node. */
  rule(node: OpNode<A>, shapes: NodeShapes): Rule;
  /**
   * The definition, in plain loops. Float32 in, float32 out; weighted ops add float32 products in ascending k,
   * everything else is evaluated in double and rounded once. Writes every element of `outputs`.
   */
  reference(node: OpNode<A>, inputs: readonly Tensor<any>[], outputs: readonly Tensor<any>[], layout: Layout): void;
  /**
   * The definition on kernels, with the same bits. `fused`: a following activation to apply at once. With the algorithm
   * `winograd` a convolution may round elsewhere (see `lowerConvolutionF32`). Undefined: `reference` is run.
   */
  lower?(
    node: OpNode<A>,
    shapes: NodeShapes,
    fused?: Rule & { kind: 'activation' },
    algorithm?: ConvolutionAlgorithm,
  ): Lowering | undefined;
  /**
   * Weighted ops whose `params[0]` is not already [output channel][k] row-major (Deconvolution, a transposed
   * InnerProduct): the weights in that order. It is the order of `accumulate`'s codes.
   */
  weightRows?(node: OpNode<A>): Float32Array;
  /**
   * Weighted ops: exact sums of products of input codes and weight codes (bias, `params[1]`, left out). An InnerProduct takes the
   * codes of some of its output channels alone, too.
   */
  accumulate?(
    node: OpNode<A>,
    shapes: NodeShapes,
    weightCodes: Codes,
    bits: { input: number; params: number },
  ): Accumulation;
  /** Weighted ops: the elements of the input that each output multiplies, in the order of `weightRows`. */
  patches?(node: OpNode<A>, shapes: NodeShapes): InputPatches;
  /**
   * Weighted and pool ops: the windows that the outputs read, in the form of a convolution. A pooling has a group per channel. Its
   * windows may reach past the input; only elements of the input count.
   */
  geometry?(node: OpNode<A>, shapes: NodeShapes): ConvolutionGeometry;
  /** Pool ops: codes to codes of the same width as the walk has it (MAX; AVE rounded half even). */
  lowerCodes?(node: OpNode<A>, shapes: NodeShapes, bits: BitWidth): Lowering;
  /** Average pooling: codes to int32 window sums, as the overlay's avgPool takes them. */
  lowerSums?(node: OpNode<A>, shapes: NodeShapes, bits: BitWidth): Lowering;
  /** Whether every output is the input unchanged (Dropout, Split, Identity): such a node is dropped from the graph first. */
  identity?(node: OpNode<A>): boolean;
  /** Multiply-accumulates for one image. */
  macs?(node: OpNode<A>, shapes: NodeShapes): number;
  /** The node as a per-channel affine map, if it is one. */
  toAffine?(node: OpNode<A>, shapes: NodeShapes): Affine | undefined;
  /** A node that computes `affine(node(x))` (`output`) or `node(affine(x))` (`input`) exactly in real numbers, if there is one. */
  absorbAffine?(node: OpNode<A>, affine: Affine, side: 'input' | 'output', shapes: NodeShapes): OpNode<A> | undefined;
}
