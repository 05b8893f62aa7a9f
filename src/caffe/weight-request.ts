import type { ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import type { Fillers } from './fillers.js';

/** The constants that a layer needs. */
export interface WeightRequest {
  readonly specs: readonly ParamSpec[];
  readonly layer: string;
  /** The layer's name and position in messages. */
  readonly where: string;
  /** For each constant the name under which layers share it. */
  readonly names: readonly (string | undefined)[];
  readonly fillers: Fillers;
}

/** A source of the constants of layers. */
export interface WeightSource {
  /** Shapes stored for a layer, null if no file is read or it lacks the layer. */
  shapes(layer: string): readonly Shape[] | null;
  /** The constants for each request, all in one call, so that a message can count the names that match. */
  blobs(requests: readonly WeightRequest[]): readonly (readonly Tensor[])[];
}
