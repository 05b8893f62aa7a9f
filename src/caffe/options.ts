/** A Caffe network as plain values, and how to look at it. */
export interface CaffeOptions {
  /** Text of the prototxt, or its bytes. */
  readonly prototxt: string | Uint8Array;
  /** The prototxt's name in messages. */
  readonly prototxtName?: string;
  /** Bytes of the caffemodel. */
  readonly weights?: Uint8Array;
  /** The caffemodel's name in messages. */
  readonly weightsName?: string;
  /** The weights' bytes may be overwritten to save a copy; they cannot be read again. */
  readonly consumeWeights?: boolean;
  /** Without `weights`: fill the network from this seed. */
  readonly seedWeights?: number;
  /** Neither weights nor seed: constants are stand-ins, good for shapes and counts only. */
  readonly shapesOnly?: boolean;
  /** Sizes of the input without its batch axis (C, H, W) instead of the declared ones. */
  readonly dims?: readonly number[];
  /** What is fed, and what `dims` is about: an input, or any other layer, whose output is then given from outside. The first input if absent. */
  readonly inputLayer?: string;
  /** Layers or tops that are wanted, with all they need; everything that nothing reads if absent or empty. */
  readonly outputs?: readonly string[];
}
