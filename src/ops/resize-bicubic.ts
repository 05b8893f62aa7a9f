import type { Op } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { imageShape, imageSize, imageStrides, type Pair } from './support/spatial.js';
import { constantList } from './support/tensorflow.js';

/** `half-pixel` takes Keys' kernel with -0.5 and leaves out taps outside the image; the others -0.75 and repeat its border. */
export type ResizeBicubicAttrs = {
  readonly size: Pair;
  readonly alignment: 'corners' | 'half-pixel' | 'origin';
};

/** Four neighbours along an axis and their weights. */
interface Taps {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
}

/** TensorFlow rounds the fraction to 1024 steps. */
const STEPS = 1024;

/** Keys' cubic convolution kernel at distances `1 + f`, `f`, `1 - f`, `2 - f`. */
function kernel(f: number, a: number): number[] {
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(1 + f), near(f), near(1 - f), far(2 - f)];
}

function taps({ size, alignment }: ResizeBicubicAttrs, axis: 0 | 1, input: number): Taps[] {
  const count = size[axis];
  const scale = alignment === 'corners' && count > 1 ? (input - 1) / (count - 1) : input / count;
  const clamp = (at: number): number => Math.min(Math.max(at, 0), input - 1);
  return Array.from({ length: count }, (_, out) => {
    const single = Math.fround(scale);
    const at =
      alignment === 'half-pixel' ? Math.fround(Math.fround(out + 0.5) * single) - 0.5 : Math.fround(out * single);
    const low = Math.floor(at);
    const fraction = Math.round((at - low) * STEPS) / STEPS;
    const positions = [low - 1, low, low + 1, low + 2];
    const weights = kernel(fraction, alignment === 'half-pixel' ? -0.5 : -0.75);
    if (alignment !== 'half-pixel') return { indices: positions.map(clamp), weights };
    const kept = weights.map((weight, tap) => (clamp(positions[tap]!) === positions[tap] ? weight : 0));
    const sum = kept.reduce((total, weight) => total + weight, 0);
    return { indices: positions.map(clamp), weights: kept.map((weight) => weight / sum) };
  });
}

/** Bicubic interpolation of an image with channels last; in double, rounded once. */
export const resizeBicubic: Op<ResizeBicubicAttrs> = {
  name: 'resize-bicubic',
  tensorflow: {
    types: ['ResizeBicubic'],
    read(node) {
      const [height, width] = constantList(node, 1) ?? [];
      if (height === undefined || width === undefined) return undefined;
      const isHalf = node.attr('half_pixel_centers') === true;
      const alignment = node.attr('align_corners') === true ? 'corners' : isHalf ? 'half-pixel' : 'origin';
      return { attrs: { size: [height, width], alignment }, inputs: [0], params: [] };
    },
  },
  shape({ size: [height, width] }, inputs) {
    expectInputs(inputs, 1);
    expectInteger('height', height, 1);
    expectInteger('width', width, 1);
    return [imageShape({ ...imageSize(inputs[0]!, 'NHWC'), height, width }, 'NHWC')];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [input], [output]) {
    const size = imageSize(input!.shape, 'NHWC');
    const from = imageStrides(size, 'NHWC');
    const [rows, columns] = [taps(attrs, 0, size.height), taps(attrs, 1, size.width)];
    let at = 0;
    for (let image = 0; image < size.batch; image++) {
      for (const row of rows) {
        for (const column of columns) {
          for (let channel = 0; channel < size.channels; channel++) {
            let sum = 0;
            for (let v = 0; v < 4; v++) {
              const start = image * from.batch + row.indices[v]! * from.row + channel;
              for (let u = 0; u < 4; u++)
                sum += row.weights[v]! * column.weights[u]! * input!.data[start + column.indices[u]! * from.column];
            }
            output!.data[at++] = sum;
          }
        }
      }
    }
  },
};
