/**
 * Joins each channel's smallest and largest value into `lows` and `highs`, `channels` float32 each (start with Infinity and
 * -Infinity). Element of channel c and pixel p at c * channelStride + p * pixelStride, in elements; one of the strides is 1.
 * NaN where a value is NaN; -0 counts as less than 0.
 */
export function channel_extremes_f32(
  src: usize, channels: i32, pixels: i32, channelStride: i32, pixelStride: i32, lows: usize, highs: usize,
): void {
  if (pixelStride == 1) {
    for (let c = 0; c < channels; c++) {
      extremes_of_row(src + (<usize>(c * channelStride) << 2), pixels, lows + (<usize>c << 2), highs + (<usize>c << 2));
    }
    return;
  }
  for (let p = 0; p < pixels; p++) {
    const pixel = src + (<usize>(p * pixelStride) << 2);
    let at: usize = 0;
    const end = <usize>channels << 2;
    for (; at + 16 <= end; at += 16) {
      const x = v128.load(pixel + at);
      v128.store(lows + at, f32x4.min(v128.load(lows + at), x));
      v128.store(highs + at, f32x4.max(v128.load(highs + at), x));
    }
    for (; at < end; at += 4) {
      const x = load<f32>(pixel + at);
      store<f32>(lows + at, min(load<f32>(lows + at), x));
      store<f32>(highs + at, max(load<f32>(highs + at), x));
    }
  }
}

/** One channel whose pixels are neighbours. */
function extremes_of_row(src: usize, pixels: i32, low: usize, high: usize): void {
  const end = src + (<usize>pixels << 2);
  let lows = v128.load32_splat(low);
  let highs = v128.load32_splat(high);
  for (; src + 16 <= end; src += 16) {
    const x = v128.load(src);
    lows = f32x4.min(lows, x);
    highs = f32x4.max(highs, x);
  }
  for (; src < end; src += 4) {
    const x = v128.load32_splat(src);
    lows = f32x4.min(lows, x);
    highs = f32x4.max(highs, x);
  }
  lows = f32x4.min(lows, i8x16.shuffle(lows, lows, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  highs = f32x4.max(highs, i8x16.shuffle(highs, highs, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  store<f32>(low, min(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1)));
  store<f32>(high, max(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1)));
}

/**
 * Adds float32 values to `bins` uint32 counts for each channel, [channel][bin] at `counts`: bin trunc((x - low) * scale), in
 * float32, each operation rounded, at least 0 and at most bins - 1. Zeros are not counted. Strides as for
 * `channel_extremes_f32`. A NaN is in bin 0; counts wrap at 2^32.
 */
export function channel_histograms_f32(
  src: usize, channels: i32, pixels: i32, channelStride: i32, pixelStride: i32, low: f32, scale: f32, bins: i32, counts: usize,
): void {
  const row = <usize>bins << 2;
  if (pixelStride == 1) {
    for (let c = 0; c < channels; c++) {
      count_run(src + (<usize>(c * channelStride) << 2), pixels, low, scale, bins, counts + <usize>c * row, 0);
    }
    return;
  }
  for (let p = 0; p < pixels; p++) count_run(src + (<usize>(p * pixelStride) << 2), channels, low, scale, bins, counts, row);
}

/** Counts neighbouring values, each into a row of bins `step` bytes behind the one before. */
function count_run(src: usize, count: i32, low: f32, scale: f32, bins: i32, counts: usize, step: usize): void {
  const end = src + (<usize>count << 2);
  for (; src + 16 <= end; src += 16) {
    const x = v128.load(src);
    const counted = f32x4.ne(x, f32x4.splat(0));
    // Runs of zeros, as ReLU leaves them.
    if (v128.any_true(counted)) {
      const at = bins_of(x, low, scale, bins);
      add_to(counts + <usize>i32x4.extract_lane(at, 0), i32x4.extract_lane(counted, 0));
      add_to(counts + step + <usize>i32x4.extract_lane(at, 1), i32x4.extract_lane(counted, 1));
      add_to(counts + (step << 1) + <usize>i32x4.extract_lane(at, 2), i32x4.extract_lane(counted, 2));
      add_to(counts + step * 3 + <usize>i32x4.extract_lane(at, 3), i32x4.extract_lane(counted, 3));
    }
    counts += step << 2;
  }
  for (; src < end; src += 4) {
    const x = v128.load32_splat(src);
    add_to(counts + <usize>i32x4.extract_lane(bins_of(x, low, scale, bins), 0), i32x4.extract_lane(f32x4.ne(x, f32x4.splat(0)), 0));
    counts += step;
  }
}

/** Byte offsets of the bins of four values. */
// @ts-ignore: decorator
@inline
function bins_of(x: v128, low: f32, scale: f32, bins: i32): v128 {
  const bin = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sub(x, f32x4.splat(low)), f32x4.splat(scale)));
  return i32x4.shl(i32x4.min_s(i32x4.max_s(bin, i32x4.splat(0)), i32x4.splat(bins - 1)), 2);
}

/** One more where the mask is -1. */
// @ts-ignore: decorator
@inline
function add_to(counter: usize, mask: i32): void {
  store<i32>(counter, load<i32>(counter) - mask);
}
