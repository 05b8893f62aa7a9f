import { fail } from '../error.js';
import { formatShape } from '../tensor.js';
import type { CaffeLayer, Op } from './op.js';
import { expectInputs } from './support/axes.js';
import { first, nth, oneToOne } from './support/operands.js';
import { imageSize, type Pair } from './support/spatial.js';

export type PriorBoxAttrs = {
  /** Sides of the squares at each cell of the feature map, and of as many larger ones, or of none. In pixels of the image. */
  readonly minSizes: readonly number[];
  readonly maxSizes: readonly number[];
  /** Width over height of the further boxes; 1 among them is left out. */
  readonly aspectRatios: readonly number[];
  readonly clip: boolean;
  readonly variances: readonly number[];
  /** Height and width of the image. */
  readonly image: Pair;
  /** Pixels from one cell to the next; 0: the image's size over the feature map's. */
  readonly step: Pair;
  readonly offset: number;
};

/** The stated ratios without repetition, each with its inverse when flipped. */
function ratios(given: readonly number[], flip: boolean): number[] {
  const result = [1];
  for (const ratio of given) {
    if (result.some((known) => Math.abs(known - ratio) < 1e-6)) continue;
    result.push(ratio, ...(flip ? [1 / ratio] : []));
  }
  return result;
}

function caffeAttributes(layer: CaffeLayer): PriorBoxAttrs {
  const field = 'prior_box_param';
  const message = layer.param(field);
  const pair = (plain: string, fallback: Pair): Pair => {
    const [h, w] = plain === 'img_size' ? ['img_h', 'img_w'] : ['step_h', 'step_w'];
    if (layer.has(field, h) || layer.has(field, w)) return [message[h], message[w]];
    return layer.has(field, plain) ? [message[plain], message[plain]] : fallback;
  };
  const data =
    layer.bottoms[1] === undefined ? layer.fail('expected 2 bottoms, got 1.') : imageSize(layer.bottoms[1], 'NCHW');
  return {
    minSizes: [...message['min_size']],
    maxSizes: [...message['max_size']],
    aspectRatios: ratios([...message['aspect_ratio']], message['flip']),
    clip: message['clip'],
    variances: [...message['variance']],
    image: pair('img_size', [data.height, data.width]),
    step: pair('step', [0, 0]),
    offset: message['offset'],
  };
}

/** Width and height of every box of a cell. */
function boxSizes({ minSizes, maxSizes, aspectRatios }: PriorBoxAttrs): Pair[] {
  return minSizes.flatMap((side, i) => {
    const most = maxSizes[i];
    const larger = most === undefined ? [] : [Math.sqrt(side * most)];
    const squares = [side, ...larger].map((size): Pair => [size, size]);
    const others = aspectRatios.filter((ratio) => Math.abs(ratio - 1) >= 1e-6).map(Math.sqrt);
    return [...squares, ...others.map((root): Pair => [side * root, side / root])];
  });
}

/**
 * Boxes that a detector refines (SSD): for each cell of the first input's feature map its boxes as xmin, ymin, xmax, ymax
 * relative to the image, then their variances: 1 x 2 x (cells * boxes * 4). Depends on sizes alone.
 */
export const priorBox: Op<PriorBoxAttrs> = {
  name: 'prior-box',
  caffe: { types: ['PriorBox'], attributes: caffeAttributes },
  shape(attrs, inputs) {
    expectInputs(inputs, 2);
    const { height, width } = imageSize(first(inputs), 'NCHW');
    const { minSizes, maxSizes, variances } = attrs;
    if (minSizes.length === 0 || !minSizes.every((size) => size > 0))
      fail('model', '', `expected min_size above 0, got ${minSizes.join(', ') || 'none'}.`);
    if (maxSizes.length !== 0 && maxSizes.length !== minSizes.length)
      fail('model', '', `expected ${minSizes.length} max_size or none, got ${maxSizes.length}.`);
    for (const [i, size] of maxSizes.entries()) {
      const least = nth(minSizes, i);
      if (!(size > least)) fail('model', '', `expected max_size above ${least}, got ${size}.`);
    }
    if (![0, 1, 4].includes(variances.length))
      fail('model', '', `expected 4 variances, 1 or none, got ${variances.length}.`);
    if (attrs.image.some((size) => !(size > 0)) || attrs.step.some((size) => !(size >= 0)))
      fail('model', '', `expected an image above 0x0, got ${formatShape(attrs.image)}.`);
    return [[1, 2, height * width * boxSizes(attrs).length * 4]];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const { height, width } = imageSize(input.shape, 'NCHW');
    const [imageHeight, imageWidth] = attrs.image;
    const [stepY, stepX] = [attrs.step[0] || imageHeight / height, attrs.step[1] || imageWidth / width];
    const sizes = boxSizes(attrs);
    const limit = (x: number): number => (attrs.clip ? Math.min(Math.max(x, 0), 1) : x);
    let to = 0;
    for (let cell = 0; cell < height * width; cell++) {
      const [x, y] = [((cell % width) + attrs.offset) * stepX, (Math.floor(cell / width) + attrs.offset) * stepY];
      for (const [w, h] of sizes) {
        const box = [
          (x - w / 2) / imageWidth,
          (y - h / 2) / imageHeight,
          (x + w / 2) / imageWidth,
          (y + h / 2) / imageHeight,
        ];
        for (const side of box) output.data[to++] = limit(side);
      }
    }
    const { variances } = attrs;
    for (let i = 0; i < to; i++) output.data[to + i] = variances[i % variances.length] ?? Math.fround(0.1);
  }),
};
