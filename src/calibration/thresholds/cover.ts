/** The bias of a layer's channels, as overlay v2 adds it: to codes, after the sum has been clipped. */
export interface ChannelBias {
  /** One number for each channel; null: the layer has none, or the overlay adds it before it clips. */
  readonly bias: ArrayLike<number> | null;
  /** The slope below zero of the layer's activation: one for all channels, or one for each; [1] without an activation. */
  readonly slopes: ArrayLike<number>;
}

/** The smallest and the largest result of each channel, behind the activation. */
export interface ChannelExtremes extends ChannelBias {
  readonly lows: ArrayLike<number>;
  readonly highs: ArrayLike<number>;
}

/**
 * The bias that stands in the sum behind a result: below zero the activation's slope multiplies both. `sign`: below 0 for
 * negative results. Behind a ReLU there are none: whatever it removes stays at or below zero, however it is clipped.
 */
export function biasOf({ bias, slopes }: ChannelBias, channel: number, sign: number): number {
  const b = bias === null ? 0 : bias[channel]!;
  return sign < 0 ? b * slopes[slopes.length === 1 ? 0 : channel]! : b;
}

/** The smallest threshold T that clips neither the sum t - b, nor the bias b, nor the result t: `max(|t|, |t - b|, |b|)`. */
export function coverOf(result: number, bias: number): number {
  return bias === 0 ? Math.abs(result) : Math.max(Math.abs(result), Math.abs(result - bias), Math.abs(bias));
}

/** The smallest threshold that clips nothing in any channel of layers whose results share a grid. 0 where all results are 0. */
export function coverOfExtremes(layers: readonly ChannelExtremes[]): number {
  let cover = 0;
  for (const layer of layers) {
    for (let c = 0; c < layer.lows.length; c++) {
      for (const extreme of [layer.lows[c]!, layer.highs[c]!])
        if (extreme !== 0) cover = Math.max(cover, coverOf(extreme, biasOf(layer, c, extreme)));
    }
  }
  return cover;
}
