/** The kind of layer that an entry is for; it picks the row of the overlay's limits. */
export type EntryForm = 'Convolution' | 'Deconvolution' | 'InnerProduct' | 'Scale' | 'Eltwise' | 'AveragePooling';

/**
 * One entry of a scaling file, keys spelled as in the file (`docs/spec/quantizer.md`, section 6). Thresholds and scale
 * factors are in the unit of the activations; `sf = th / (2^(bw-1) - 1)`. Lists have one element per output
 * channel (one in all for Eltwise). Eltwise and pooling entries have no `*_params`.
 */
export interface ScalingEntry {
  readonly name: string;
  readonly bw_layer_in: number;
  readonly bw_layer_out: number;
  readonly bw_params?: number;
  readonly th_layer_in: number;
  readonly th_layer_out: number;
  readonly th_params?: readonly number[];
  readonly sf_layer_in: number;
  readonly sf_layer_out: number;
  readonly sf_params?: readonly number[];
  readonly prescale_shift: readonly number[];
  readonly scale: readonly number[];
  readonly postscale_shift: readonly number[];
}

/**
 * The result of calibration for one layer, from which its entry of the scaling file follows. Thresholds are in the unit of the
 * activations or weights, finite and at least 0.
 */
export interface LayerCalibration {
  readonly name: string;
  readonly form: EntryForm;
  readonly bw_layer_in: number;
  /** Not used for Eltwise and average pooling. */
  readonly bw_params: number;
  readonly bw_layer_out: number;
  readonly th_layer_in: number;
  readonly th_layer_out: number;
  /** One per output channel; empty for Eltwise and average pooling. */
  readonly th_params: readonly number[];
  /** Whether `th_params` were chosen together with the multipliers, so that none of them is raised. */
  readonly hasChosenParams?: boolean;
  /** Output channels; 1 for Eltwise. */
  readonly channels: number;
  /** Elements of a pooling window, `kernel_h * kernel_w` or `H * W` if global; else 1. */
  readonly area: number;
}

/** The parts of a multiplier on the overlay: `scale * 2^-(prescale_shift + postscale_shift)`. */
export interface Triple {
  readonly prescale_shift: number;
  readonly scale: number;
  readonly postscale_shift: number;
}
