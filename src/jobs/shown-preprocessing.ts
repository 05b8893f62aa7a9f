import {
  type ExpectedInput,
  expectedPreprocessing,
  type Preprocessing,
  type PreprocessingOptions,
} from '../images/index.js';
import { networkInputOf } from './calibration-flags.js';
import type { Network } from './network.js';

/** Flags of which each one alone keeps a TensorFlow graph from choosing the values of preprocessing. */
export const VALUE_FLAGS = ['preset', 'channel_swap', 'raw_scale', 'mean_value', 'input_scale'] as const;

/**
 * The preprocessing that a TensorFlow graph of one input shows; undefined where it shows none or where the options give
 * values. Source: docs/spec/quantizer.md, section 2.5.
 */
export function shownPreprocessing(
  options: PreprocessingOptions,
  { graph, framework }: Pick<Network, 'graph' | 'framework'>,
): ExpectedInput | undefined {
  if (graph.inputs.length !== 1) return undefined;
  return expectedPreprocessing(options, networkInputOf(graph, framework));
}

/** The values of a preprocessing as the command line spells them. */
export function valueFlags({
  channelSwap,
  rawScale,
  meanValue,
  inputScale,
}: Pick<Preprocessing, 'channelSwap' | 'rawScale' | 'meanValue' | 'inputScale'>): Record<
  string,
  readonly number[] | number
> {
  return { channel_swap: channelSwap, raw_scale: rawScale, mean_value: meanValue, input_scale: inputScale };
}
