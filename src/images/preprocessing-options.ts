import { fail } from '../error.js';
import { formatShape, type Layout, type Shape } from '../tensor.js';
import { type ExpectedInput, expectedInput, type InputEvidence } from './expected-input.js';
import { PRESETS, type Preset, presetOptions } from './presets.js';
import type { ResizeRule } from './resize.js';

/** The frameworks that networks are imported from. */
export const FRAMEWORKS = ['caffe', 'tensorflow'] as const;

/** The framework that a network was trained in. */
export type Framework = (typeof FRAMEWORKS)[number];

/**
 * How an image becomes the network's input; an option that is absent takes the default of the network's kind.
 * Source: docs/spec/quantizer.md, section 1.
 */
export interface PreprocessingOptions {
  /** Axes of H x W x C in the order of the network's input. */
  readonly transpose?: readonly number[] | undefined;
  /** For each channel of the network's input, the channel of the image. */
  readonly channelSwap?: readonly number[] | undefined;
  /** Multiplied with pixels in [0, 1]. */
  readonly rawScale?: number | undefined;
  /** Subtracted after `rawScale`. One value, or one for each channel of the network's input. */
  readonly meanValue?: readonly number[] | undefined;
  /** Multiplied after `meanValue` is subtracted. */
  readonly inputScale?: number | undefined;
  /** The rule of bilinear resizing; by framework where absent. */
  readonly resize?: ResizeRule | undefined;
  /** Values for the options that are absent; the defaults of the network's kind where it is absent too. */
  readonly preset?: Preset | undefined;
}

/** The input of a network, and what the network's file shows of it. */
export interface NetworkInput extends InputEvidence {
  /**
   * With its batch axis, `[1, 3, 224, 224]`; the size of the batch does not matter. A TensorFlow graph may have none:
   * `[224, 224, 3]`, or `[28, 28]` for a grey image.
   */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly framework: Framework;
}

/** The six operations with all their parameters; plain data that can be sent to a worker. */
export interface Preprocessing {
  /** `image`: images or H x W x C arrays of 1 or 3 channels. `array`: arrays only, not resized. */
  readonly kind: 'image' | 'array';
  /** `image`: [C, H, W]. `array`: the shape of one array. */
  readonly dims: Shape;
  readonly transpose: readonly number[];
  readonly channelSwap: readonly number[];
  readonly rawScale: number;
  /** One value for each channel of the network's input. */
  readonly meanValue: readonly number[];
  readonly inputScale: number;
  readonly resize: ResizeRule;
  /** The network's input without its batch axis: the shape of the result. */
  readonly shape: Shape;
  /** The axis of `shape` that the channels are on. */
  readonly channelAxis: number;
  /** Whether the values are rounded to whole numbers from 0 to 255; not where absent. */
  readonly bytes?: boolean;
  /** Whether image arrays hold the network's own values, of any range: flags, not a preset, say that nothing scales or moves them. */
  readonly ownValues?: boolean;
}

/**
 * Fills in the defaults, which a TensorFlow graph may show, and checks every flag against the network's input. Throws
 * `usage`.
 */
export function resolvePreprocessing(flags: PreprocessingOptions, input: NetworkInput): Preprocessing {
  if (input.shape.length < 2)
    fail(
      'model',
      'input',
      `expected a shape of a batch and more, got ${formatShape(input.shape)}.`,
      'Give it with --dims.',
    );
  const shape = sizesOfImage(input);
  const channelAxis = input.layout === 'NCHW' ? 0 : Math.max(shape.length - 1, 0);
  const isImage = shape.length === 3 && (shape[channelAxis] === 1 || shape[channelAxis] === 3);
  return isImage
    ? imagePreprocessing(flags, input, shape, channelAxis)
    : arrayPreprocessing(flags, input, shape, channelAxis);
}

/** The shape without its batch axis; a grey image without channels gets one. */
function sizesOfImage({ shape, framework }: NetworkInput): Shape {
  const hasBatch = framework === 'caffe' || shape.length > 3 || shape[0] === 1;
  if (hasBatch) return shape.slice(1);
  return shape.length === 2 ? [...shape, 1] : shape;
}

/** The options of which one alone keeps the network's file from choosing. */
const VALUE_OPTIONS = ['preset', 'channelSwap', 'rawScale', 'meanValue', 'inputScale'] as const;

/** Whether no option says anything about values. */
export function isUntouched(options: PreprocessingOptions): boolean {
  return VALUE_OPTIONS.every((key) => options[key] === undefined);
}

/**
 * The preprocessing that a TensorFlow graph itself shows, where none of the options says anything about values. Undefined
 * where it shows none, and for other frameworks. Source: docs/spec/quantizer.md, section 2.5.
 */
export function expectedPreprocessing(options: PreprocessingOptions, input: NetworkInput): ExpectedInput | undefined {
  if (input.framework !== 'tensorflow' || !isUntouched(options)) return undefined;
  const shape = sizesOfImage(input);
  const channels = shape[input.layout === 'NCHW' ? 0 : shape.length - 1];
  return shape.length === 3 && (channels === 1 || channels === 3) ? expectedInput(input, channels) : undefined;
}

/** Warnings about preprocessing that gives the network's input values that its type does not hold. */
export function preprocessingWarnings({ kind, bytes }: Preprocessing, input: NetworkInput): string[] {
  if (input.bytes !== true || bytes === true || kind !== 'image') return [];
  return [
    "warning: the type of the network's input is uint8, but the preprocessing flags give it fractions or negative numbers. Leave --raw_scale, --mean_value and --input_scale out to feed raw pixels.",
  ];
}

function imagePreprocessing(
  given: PreprocessingOptions,
  input: NetworkInput,
  shape: Shape,
  channelAxis: number,
): Preprocessing {
  const channels = shape[channelAxis] ?? 1;
  const chosen = expectedPreprocessing(given, input)?.options ?? presetOptions(checkPreset(given.preset), channels);
  const flags = { ...chosen, ...defined(given) };
  const [height = 1, width = 1] = shape.filter((_, axis) => axis !== channelAxis);
  const transpose = checkTranspose(
    isIdleTranspose(flags, input) ? [0, 1, 2] : (flags.transpose ?? (input.layout === 'NCHW' ? [2, 0, 1] : [0, 1, 2])),
    3,
  );
  const dims = [channels, height, width];
  const arranged = reordered([height, width, channels], transpose);
  if (arranged.some((size, axis) => size !== shape[axis]) || transpose[channelAxis] !== 2) {
    const letters = transpose.map((axis) => 'HWC'[axis]).join(' x ');
    fail(
      'usage',
      '--transpose',
      `expected the network's input, ${formatShape(shape)} (${input.layout.slice(1)}), got ${letters} = ${formatShape(arranged)}.`,
      'Leave it out for the default.',
    );
  }
  const scales = checkScales(flags, 255);
  const isRaw = channels === 1 || input.bytes === true;
  const meanValue = checkMean(flags.meanValue ?? (isRaw ? [0] : [104, 117, 123]), channels);
  const isPlain = scales.inputScale === 1 && meanValue.every((mean) => mean === 0);
  const keepsPixels = scales.rawScale === 255 && isPlain;
  const ownValues = scales.rawScale === 1 && isPlain && given.preset === undefined && input.bytes !== true;
  return {
    kind: 'image',
    dims,
    transpose,
    ...scales,
    channelSwap: checkSwap(flags.channelSwap ?? (channels === 1 ? [0] : [2, 1, 0]), channels),
    meanValue,
    ...(input.bytes === true && keepsPixels && { bytes: true }),
    ...(ownValues && { ownValues }),
    resize: flags.resize ?? input.framework,
    shape,
    channelAxis,
  };
}

function arrayPreprocessing(
  flags: PreprocessingOptions,
  input: NetworkInput,
  shape: Shape,
  channelAxis: number,
): Preprocessing {
  if (flags.preset !== undefined && flags.preset !== 'original')
    fail('usage', '--preset', `expected a network of 1 or 3 channels, got ${formatShape(shape)}.`, 'Leave it out.');
  const identity = shape.map((_, axis) => axis);
  const transpose = checkTranspose(flags.transpose ?? identity, shape.length);
  const channels = shape[channelAxis] ?? 1;
  // The sizes before the transposition, which the inverse order of axes gives.
  const dims = reordered(
    shape,
    identity.map((axis) => transpose.indexOf(axis)),
  );
  return {
    kind: 'array',
    dims,
    transpose,
    ...checkScales(flags, 1),
    channelSwap:
      flags.channelSwap === undefined
        ? Array.from({ length: channels }, (_, i) => i)
        : checkSwap(flags.channelSwap, channels),
    meanValue: checkMean(flags.meanValue ?? [0], channels),
    resize: flags.resize ?? input.framework,
    shape,
    channelAxis,
  };
}

/**
 * Whether `transpose` is the order of Caffe, `[2, 0, 1]`, for a TensorFlow network whose input has channels last. The
 * original's command lines name it for every framework, and its TensorFlow part did not apply it.
 */
export function isIdleTranspose({ transpose }: Pick<PreprocessingOptions, 'transpose'>, input: NetworkInput): boolean {
  return input.framework === 'tensorflow' && input.layout !== 'NCHW' && transpose?.join() === '2,0,1';
}

/** The sizes in another order of axes. */
function reordered(sizes: Shape, order: readonly number[]): number[] {
  return order.flatMap((axis) => sizes[axis] ?? []);
}

/** The options that have a value. */
function defined(options: PreprocessingOptions): PreprocessingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkPreset(preset: Preset | undefined): Preset | undefined {
  if (preset === undefined || PRESETS.includes(preset)) return preset;
  return fail('usage', '--preset', `expected ${PRESETS.join(', ')}, got "${preset}".`);
}

function checkTranspose(transpose: readonly number[], rank: number): readonly number[] {
  const sorted = [...transpose].sort((a, b) => a - b);
  if (sorted.length !== rank || sorted.some((axis, i) => axis !== i)) {
    const example = Array.from({ length: rank }, (_, axis) => axis).join(',');
    fail('usage', '--transpose', `expected the axes ${example} in some order, got ${list(transpose)}.`);
  }
  return transpose;
}

function checkSwap(swap: readonly number[], channels: number): readonly number[] {
  if (swap.length !== channels) {
    fail(
      'usage',
      '--channel_swap',
      `expected ${channels} ${channels === 1 ? 'index' : 'indices'}, one for each channel, got ${list(swap)}.`,
    );
  }
  if (swap.some((channel) => !Number.isInteger(channel) || channel < 0 || channel >= channels)) {
    fail('usage', '--channel_swap', `expected indices from 0 to ${channels - 1}, got ${list(swap)}.`);
  }
  return swap;
}

function checkMean(mean: readonly number[], channels: number): readonly number[] {
  if (mean.length !== 1 && mean.length !== channels) {
    const wanted = channels === 1 ? '1 value' : `1 or ${channels} values`;
    fail(
      'usage',
      '--mean_value',
      `expected ${wanted}, got ${list(mean)}.`,
      channels === 1
        ? 'The input has one channel.'
        : 'Give one for each channel in the order after --channel_swap, such as 104,117,123.',
    );
  }
  mean.forEach((value) => checkFinite(value, '--mean_value'));
  return mean.length === channels ? mean : Array.from({ length: channels }, () => mean).flat();
}

function checkScales(flags: PreprocessingOptions, rawScale: number): { rawScale: number; inputScale: number } {
  return {
    rawScale: checkFactor(flags.rawScale ?? rawScale, '--raw_scale'),
    inputScale: checkFactor(flags.inputScale ?? 1, '--input_scale'),
  };
}

function checkFactor(value: number, flag: string): number {
  if (value === 0)
    fail(
      'usage',
      flag,
      'expected a factor other than 0, got 0: every image would be the same.',
      'Leave it out for the default.',
    );
  return checkFinite(value, flag);
}

function checkFinite(value: number, flag: string): number {
  return Number.isFinite(value) ? value : fail('usage', flag, `expected a finite number, got ${value}.`);
}

function list(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}
