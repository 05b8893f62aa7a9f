import type { Graph } from '../../graph/graph.js';
import type { OverlayName, ScalingEntry } from '../../scaling/index.js';
import { addChannels, type ChannelErrors } from '../channel-errors.js';
import type { Verification, VerifiedLayer } from '../verification.js';
import type { DescribedLayer, ImageReport } from '../verifier.js';

/** What a verdict is made of: a verification with the network and the entries that it is about. */
export interface Measured {
  readonly graph: Graph;
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
  readonly verification: Verification;
  /** Of each image. */
  readonly reports: readonly ImageReport[];
  /** In the order of the verification's layers. */
  readonly described: readonly DescribedLayer[];
  /** The errors of each layer alone, per channel, in the same order; null where it was not run alone. */
  readonly channels: readonly (ChannelErrors | null)[];
}

/** A layer of a verification with all that is known of it. */
export interface MeasuredLayer {
  readonly layer: VerifiedLayer;
  readonly described: DescribedLayer;
  readonly channels: ChannelErrors | null;
}

/** The layers of a verification, in network order. */
export function measuredLayers({ verification, described, channels }: Measured): MeasuredLayer[] {
  return verification.layers.flatMap((layer, i) => {
    const own = described[i];
    return own === undefined ? [] : [{ layer, described: own, channels: channels[i] ?? null }];
  });
}

/** The errors of each of `count` layers alone, per channel, summed over the images in their order. */
export function channelErrorsOf(reports: readonly ImageReport[], count: number): (ChannelErrors | null)[] {
  return Array.from({ length: count }, (_, layer) => {
    const [first, ...others] = reports.flatMap(({ channels }) => channels[layer] ?? []);
    return first === undefined ? null : others.reduce(addChannels, first);
  });
}
