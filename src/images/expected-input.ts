import type { ColorMap } from '../analysis/color-map.js';
import type { PresetOptions } from './presets.js';

/** What a network file shows of the pixels that its input takes. */
export interface InputEvidence {
  /** What the operations before the first layer do to a color; absent where they are no such map. */
  readonly front?: ColorMap | undefined;
  /** What the operations between a decoded image, 0 to 255 in RGB order, and the input do, where the file has them. */
  readonly decoded?: ColorMap | undefined;
  /** Whether the input's type holds whole numbers from 0 to 255 only. */
  readonly bytes?: boolean | undefined;
}

/** The preprocessing that a network file shows. */
export interface ExpectedInput {
  readonly options: Required<PresetOptions>;
  /** A clause: "the graph subtracts 127.5 from its input". */
  readonly because: string;
}

/** Means of this share of the range are those of images. */
const MEAN_SHARES = { least: 0.2, most: 0.8 } as const;
/** Factors that take 0 to 255 to about 1: 1/255, 1/256, 1/128, 1/127.5; their inverses take 0 to 1 to about 255. */
const FACTOR_OF_255 = { least: 1 / 300, most: 1 / 100 } as const;
/** Means that rise by more than this share of the range from the first channel to the last are those of blue, green, red. */
const ORDER_SHARE = 0.04;
/** By how much the factors of channels may differ where one factor stands for all. */
const SAME_FACTOR = 1e-3;

/**
 * The preprocessing that a network's own first operations or its input's type show; undefined where they show none, or
 * leave a doubt. Source: docs/spec/quantizer.md, section 2.5.
 * `channels`: of the input, 1 or 3.
 */
export function expectedInput({ front, decoded, bytes }: InputEvidence, channels: number): ExpectedInput | undefined {
  if (decoded !== undefined) return decoded.from.length === channels ? afterDecoder(decoded) : undefined;
  const found = bytes === true ? { largest: 255, because: "the input's type is uint8" } : rangeOf(front);
  if (found === undefined) return undefined;
  const isBgr = front !== undefined && takesBlueFirst(front, found.largest);
  return {
    options: {
      channelSwap: channels === 1 ? [0] : isBgr ? [2, 1, 0] : [0, 1, 2],
      rawScale: found.largest,
      meanValue: Array.from({ length: channels }, () => 0),
      inputScale: 1,
    },
    because: found.because,
  };
}

/** The values that a decoder and what follows it give the input. */
function afterDecoder({ from, scale, shift }: ColorMap): ExpectedInput | undefined {
  const [inputScale = 1] = scale;
  if (inputScale === 0 || scale.some((factor) => Math.abs(factor / inputScale - 1) > SAME_FACTOR)) return undefined;
  const meanValue = shift.map((value) => rounded(-value / inputScale));
  const options = { channelSwap: from, rawScale: 255, meanValue, inputScale: rounded(inputScale) };
  return { options, because: 'the graph decodes images and prepares them for this input' };
}

/** The largest value of the pixels that the operations are made for. */
function rangeOf(front: ColorMap | undefined): { readonly largest: number; readonly because: string } | undefined {
  if (front === undefined) return undefined;
  const means = meansOf(front);
  const largest = [255, 1].find((range) =>
    means.every((mean) => mean >= MEAN_SHARES.least * range && mean <= MEAN_SHARES.most * range),
  );
  if (largest !== undefined) return { largest, because: `the graph subtracts ${list(means)} from its input` };
  if (means.some((mean) => mean !== 0)) return undefined;
  const factors = front.scale.map(Math.abs);
  const within = (factor: number): boolean => factor >= FACTOR_OF_255.least && factor <= FACTOR_OF_255.most;
  const because = `the graph multiplies its input by ${list(front.scale)}`;
  if (factors.every(within)) return { largest: 255, because };
  return factors.every((factor) => within(1 / factor)) ? { largest: 1, because } : undefined;
}

/** What is subtracted from each channel of the input. */
function meansOf({ from, scale, shift }: ColorMap): number[] {
  const means = new Array<number>(from.length).fill(0);
  for (const [c, channel] of from.entries()) means[channel] = rounded(-(shift[c] ?? 0) / (scale[c] ?? 1)) + 0;
  return means;
}

/** Whether the means rise from the first channel to the last: pictures have more red than blue. */
function takesBlueFirst(front: ColorMap, range: number): boolean {
  const [first = 0, second = 0, third = 0] = meansOf(front);
  return first < second && second < third && third - first > ORDER_SHARE * range;
}

/** Without what float32 has added. */
const rounded = (value: number): number => Number(value.toPrecision(6));

const list = (values: readonly number[]): string =>
  (values.every((value) => value === values[0]) ? values.slice(0, 1) : values).map(rounded).join(', ');
