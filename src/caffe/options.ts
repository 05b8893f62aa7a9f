/** A Caffe network as plain values, and how to look at it. */
export interface CaffeOptions {
  /** Text of the prototxt, or its bytes. */
  readonly prototxt: string | Uint8Array;
  /** The prototxt's name in messages. */
  readonly prototxtName?: string | undefined;
  /** Bytes of the caffemodel. */
  readonly weights?: Uint8Array | undefined;
  /** The caffemodel's name in messages. */
  readonly weightsName?: string | undefined;
  /** The weights' bytes may be overwritten to save a copy; they cannot be read again. */
  readonly consumeWeights?: boolean | undefined;
  /** Without `weights`: fill the network from this seed. */
  readonly seedWeights?: number | undefined;
  /** Neither weights nor seed: constants are stand-ins, good for shapes and counts only. */
  readonly shapesOnly?: boolean | undefined;
  /** Sizes of the input without its batch axis (C, H, W) instead of the declared ones. */
  readonly dims?: readonly number[] | undefined;
  /** What is fed, and what `dims` is about: an input, or any other layer, whose output is then given from outside. The first input if absent. */
  readonly inputLayer?: string | undefined;
  /** Layers or tops that are wanted, with all they need; everything that nothing reads if absent or empty. */
  readonly outputLayers?: readonly string[] | undefined;
}
