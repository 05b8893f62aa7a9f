/** The presets of preprocessing, by name. */
export const PRESETS = ['original', 'caffe', 'tf-slim', 'keras-tf', 'keras-caffe', 'torch', 'raw01'] as const;

/**
 * A preprocessing that networks were trained with. `original`: the defaults of the original quantizer for the framework.
 * `caffe`: BGR, 0 to 255 minus 104, 117, 123. `tf-slim` and `keras-tf`: RGB, -1 to 1. `keras-caffe`: BGR, 0 to 255 minus
 * 103.939, 116.779, 123.68. `torch`: RGB, (x - mean) / 0.226, the mean of the three deviations of torchvision, as the six
 * operations have one factor for all channels. `raw01`: RGB, 0 to 1. Source: docs/spec/quantizer.md, section 2.
 */
export type Preset = (typeof PRESETS)[number];

/** Options that a preset gives values. */
export interface PresetOptions {
  readonly channelSwap?: readonly number[];
  readonly rawScale?: number;
  readonly meanValue?: readonly number[];
  readonly inputScale?: number;
}

interface Values {
  /** True where the network takes blue first. */
  readonly bgr: boolean;
  readonly rawScale: number;
  readonly mean: readonly [number, number, number];
  readonly inputScale: number;
}

const minusOneToOne: Values = { bgr: false, rawScale: 2, mean: [1, 1, 1], inputScale: 1 };

const VALUES: Readonly<Record<Exclude<Preset, 'original'>, Values>> = {
  caffe: { bgr: true, rawScale: 255, mean: [104, 117, 123], inputScale: 1 },
  'tf-slim': minusOneToOne,
  'keras-tf': minusOneToOne,
  'keras-caffe': { bgr: true, rawScale: 255, mean: [103.939, 116.779, 123.68], inputScale: 1 },
  torch: { bgr: false, rawScale: 1, mean: [0.485, 0.456, 0.406], inputScale: 1 / 0.226 },
  raw01: { bgr: false, rawScale: 1, mean: [0, 0, 0], inputScale: 1 },
};

/** The options of a preset for a network of so many channels; those of `original` are the defaults. One channel takes the mean of the means. */
export function presetOptions(preset: Preset | undefined, channels: number): PresetOptions {
  if (preset === undefined || preset === 'original') return {};
  const { bgr, mean, rawScale, inputScale } = VALUES[preset];
  if (channels === 1) return { rawScale, inputScale, meanValue: [mean.reduce((sum, value) => sum + value, 0) / 3] };
  return { rawScale, inputScale, meanValue: mean, channelSwap: bgr ? [2, 1, 0] : [0, 1, 2] };
}
