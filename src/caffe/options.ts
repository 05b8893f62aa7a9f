/** A Caffe network as text and bytes, and the part of it to import. */
export interface CaffeOptions {
  /** Text of the prototxt, or its bytes. */
  readonly prototxt: string | Uint8Array;
  /** The prototxt's name in messages. */
  readonly prototxtName?: string | undefined;
  /** Bytes of the caffemodel. */
  readonly weights?: Uint8Array | undefined;
  /** The caffemodel's name in messages. */
  readonly weightsName?: string | undefined;
  /** The bytes of the weights may be overwritten to save a copy; they cannot be read again. */
  readonly consumeWeights?: boolean | undefined;
  /** Without `weights`: generate weights from this seed. */
  readonly seedWeights?: number | undefined;
  /** Without weights and seed: constants are placeholders, for shapes and counts only. */
  readonly shapesOnly?: boolean | undefined;
  /** Sizes of the input without its batch axis (C, H, W) instead of the declared ones. */
  readonly dims?: readonly number[] | undefined;
  /** The layer whose output is fed, and whose size `dims` gives: an input or any other layer. The first input if absent. */
  readonly inputLayer?: string | undefined;
  /** Stages of the network's state, besides those of the file, for `include` and `exclude` rules. */
  readonly stages?: readonly string[] | undefined;
  /** The wanted layers or tops; all values that no layer reads if absent or empty. */
  readonly outputLayers?: readonly string[] | undefined;
}
