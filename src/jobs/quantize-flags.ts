import type { Calibrator } from '../calibration/thresholds/index.js';
import type { MultiplierKind, OverlayName } from '../scaling/index.js';
import type { Walk } from './calibrate.js';
import {
  CALIBRATION_FLAGS,
  type CalibrationFlags,
  PREPROCESSING_FLAGS,
  type PreprocessingFlags,
} from './calibration-flags.js';
import type { FlagTable } from './known-flags.js';
import type { LayerBits } from './layer-bits.js';
import { NETWORK_FLAGS, type NetworkFlags } from './network.js';

/** The flags of `quantize`, spelled as on the command line. */
export interface QuantizeFlags extends NetworkFlags, PreprocessingFlags, CalibrationFlags {
  /** Path of the scaling file; the model's path with the ending `.json` where absent. */
  readonly output_json?: string | undefined;
  /** Bits of input activations, parameters and output activations; each 8 or 16. [8, 8, 8] where absent. */
  readonly bitwidths?: readonly number[] | undefined;
  /** Bits of the input codes and the weights of layers, by name with `*` and `?`: 8 or 16. */
  readonly layer_bits?: LayerBits | undefined;
  /** The default overlay where absent. */
  readonly overlay?: OverlayName | undefined;
  /** How thresholds of activations are found; `mse` where absent. */
  readonly calibrator?: Calibrator | undefined;
  /**
   * Where absent, `exact` on an overlay that clips before it scales, but with the calibrator `reference` and with
   * `power_of_two`; else `natural`. Excludes `power_of_two`.
   */
  readonly multipliers?: MultiplierKind | undefined;
  /** Where absent, `reference` for TensorFlow with the calibrator `reference`, else `progressive`. */
  readonly walk?: Walk | undefined;
  /** Whether fully connected layers have entries; not where absent. */
  readonly include_inner_product?: boolean | undefined;
  /** Whether every grid step becomes a power of two; not where absent. */
  readonly power_of_two?: boolean | undefined;
  /** Whether a Concat's threshold is written back through Pooling and inner Concats too; not where absent. */
  readonly unify_concat?: boolean | undefined;
  /** Whether images that cannot be decoded are left out with a warning; where absent they are errors. */
  readonly skip_bad_images?: boolean | undefined;
  /** Path of a report as one HTML file, about a few of the calibration images. */
  readonly report?: string | undefined;
  /** Path of a manifest: JSON of flags, seed, files and SHA-256 that repeat the run. */
  readonly manifest?: string | undefined;
  /**
   * Whether nothing is run with the new scaling file; where absent, a few of the calibration images are run in float32 and
   * on the emulated overlay, and the result is judged. The scaling file does not depend on it.
   */
  readonly no_quick_look?: boolean | undefined;
  /** Number of threads; as many as there are cores where absent. */
  readonly threads?: number | undefined;
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file. */
  readonly memory?: number | undefined;
}

/** The names of {@link QuantizeFlags}. Jobs on the same network take the flags of its calibration too, and do not read them. */
export const QUANTIZE_FLAGS: FlagTable<QuantizeFlags> = {
  ...NETWORK_FLAGS,
  ...PREPROCESSING_FLAGS,
  ...CALIBRATION_FLAGS,
  output_json: true,
  bitwidths: 'list',
  layer_bits: true,
  no_quick_look: true,
  overlay: true,
  calibrator: true,
  multipliers: true,
  walk: true,
  include_inner_product: true,
  power_of_two: true,
  unify_concat: true,
  skip_bad_images: true,
  manifest: true,
  report: true,
  threads: true,
  memory: true,
};
