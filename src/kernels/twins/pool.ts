import type { Heap } from '../heap.js';
import { type Arguments, derived, input, oneOf, output, type Parameter, row, size } from '../row.js';

type Code = 'i8' | 'i16';
type Element = 'f32' | Code;
const LOWEST = { f32: -Infinity, i8: -128, i16: -32768 };

/** Sizes of a pooling over one image. */
interface Window {
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelY: number;
  readonly kernelX: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly top: number;
  readonly left: number;
}

/** The input pixels inside each output's window, in row-major order. */
function eachWindow(window: Window, visit: (output: number, pixels: number[]) => void): void {
  const { height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left } = window;
  for (let output = 0; output < outHeight * outWidth; output++) {
    const y0 = Math.floor(output / outWidth) * strideY - top;
    const x0 = (output % outWidth) * strideX - left;
    const pixels: number[] = [];
    for (let y = Math.max(0, y0); y < Math.min(height, y0 + kernelY); y++) {
      for (let x = Math.max(0, x0); x < Math.min(width, x0 + kernelX); x++) pixels.push(y * width + x);
    }
    visit(output, pixels);
  }
}

const windowOf = (sizes: number[]): Window => {
  const [height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left] = sizes as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { height, width, outHeight, outWidth, kernelY, kernelX, strideY, strideX, top, left };
};

/** How one output is made of the elements of its window. */
type Reduce = (values: number[]) => number;

/** Windows of every channel: element of a channel and pixel at channel * channelStride + pixel * pixelStride. */
function pool(
  heap: Heap,
  from: Element,
  to: Element | 'i32',
  src: number,
  dst: number,
  channels: number,
  planar: boolean,
  window: Window,
  reduce: Reduce,
): void {
  const { [from]: source, [to]: target } = heap.all;
  const at = (channel: number, pixel: number, pixels: number): number =>
    planar ? channel * pixels + pixel : pixel * channels + channel;
  eachWindow(window, (output, pixels) => {
    for (let channel = 0; channel < channels; channel++) {
      const values = pixels.map(
        (pixel) => source[src / source.BYTES_PER_ELEMENT + at(channel, pixel, window.height * window.width)]!,
      );
      target[dst / target.BYTES_PER_ELEMENT + at(channel, output, window.outHeight * window.outWidth)] = reduce(values);
    }
  });
}

/** Math.max: +0 above -0, NaN if any is. */
const largest =
  (element: Element): Reduce =>
  (values) =>
    values.reduce((most, value) => Math.max(most, value), LOWEST[element]);
const total: Reduce = (values) => values.reduce((sum, value) => sum + value, 0) | 0;

/** Largest of each window, channels first (`line`: scratch for one padded row); an empty window gives the lowest value. */
const maxPlanes =
  (element: Element) =>
  (heap: Heap, src: number, dst: number, _line: number, planes: number, ...sizes: number[]): void =>
    pool(heap, element, element, src, dst, planes, true, windowOf(sizes), largest(element));

/** Largest of each window, channels last. */
const maxPixels =
  (element: Element) =>
  (heap: Heap, src: number, dst: number, channels: number, ...sizes: number[]): void =>
    pool(heap, element, element, src, dst, channels, false, windowOf(sizes), largest(element));

/** Int32 sums of codes of each window, channels first. */
const sumPlanes =
  (element: Code) =>
  (heap: Heap, src: number, dst: number, _line: number, planes: number, ...sizes: number[]): void =>
    pool(heap, element, 'i32', src, dst, planes, true, windowOf(sizes), total);

/** Int32 sums of codes of each window, channels last. */
const sumPixels =
  (element: Code) =>
  (heap: Heap, src: number, dst: number, channels: number, ...sizes: number[]): void =>
    pool(heap, element, 'i32', src, dst, channels, false, windowOf(sizes), total);

/**
 * Average of float32 windows: the sum of the elements inside the image in row-major order in double, divided by
 * `counts[output]` (what the framework counts), rounded to float32 once. Strides in elements.
 */
function averageF32(
  heap: Heap,
  src: number,
  dst: number,
  counts: number,
  channels: number,
  channelStride: number,
  pixelStride: number,
  outChannelStride: number,
  outPixelStride: number,
  ...sizes: number[]
): void {
  const { f32, f64 } = heap.all;
  eachWindow(windowOf(sizes), (output, pixels) => {
    for (let channel = 0; channel < channels; channel++) {
      const sum = pixels.reduce((so, pixel) => so + f32[src / 4 + channel * channelStride + pixel * pixelStride]!, 0);
      f32[dst / 4 + channel * outChannelStride + output * outPixelStride] = sum / f64[counts / 8 + output]!;
    }
  });
}

/** Codes of averages (docs/spec/quantizer.md, section 4, "Pooling"): sums over counts, ties to even; counts per column, or per row (pixelStride 0). */
const divide =
  (element: Code) =>
  (heap: Heap, sums: number, dst: number, counts: number, rows: number, columns: number, pixelStride: number): void => {
    const { i32, f64, [element]: codes } = heap.all;
    for (let i = 0; i < rows * columns; i++) {
      const value = i32[sums / 4 + i]! / f64[counts / 8 + (pixelStride === 0 ? Math.floor(i / columns) : i % columns)]!;
      const below = Math.floor(value);
      const up = value - below > 0.5 || (value - below === 0.5 && below % 2 !== 0);
      codes[dst / codes.BYTES_PER_ELEMENT + i] = up ? below + 1 : below;
    }
  };

/** docs/spec/overlay.md, "avgPool": clamp(rsh(trunc(float32(sum * factor)), shift)); `shift` as 2^-shift. */
const overlayAverage =
  (element: Code) =>
  (
    heap: Heap,
    sums: number,
    dst: number,
    count: number,
    factor: number,
    shift: number,
    low: number,
    high: number,
  ): void => {
    const { i32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      const product = Math.trunc(Math.fround(Math.fround(i32[sums / 4 + i]!) * factor));
      codes[dst / codes.BYTES_PER_ELEMENT + i] = Math.min(high, Math.max(low, Math.floor(product * shift + 0.5)));
    }
  };

const inSize = (given: Arguments): number => given['channels']! * given['height']! * given['width']!;
const outSize = (given: Arguments): number => given['channels']! * given['outHeight']! * given['outWidth']!;
const reach = (given: Arguments): number =>
  (given['outWidth']! - 1) * given['strideX']! + given['kernelX']! + given['width']! + given['left']! + 16;

const sizes: Parameter[] = [
  oneOf('height', 1, 3, 7),
  oneOf('width', 1, 4, 7, 20, 40),
  oneOf('outHeight', 1, 3),
  oneOf('outWidth', 1, 2, 4, 5, 19, 35),
  oneOf('kernelY', 1, 2, 3),
  oneOf('kernelX', 1, 2, 3, 7),
  oneOf('strideY', 1, 2),
  oneOf('strideX', 1, 2, 3),
  oneOf('top', 0, 1),
  oneOf('left', 0, 1, 2),
];
/** Float32 of both signs, or none below 0 (as after a ReLU), some of them very large, infinite or NaN. */
const rectified = {
  fill: (given: Arguments, random: (below: number) => number) => {
    const sign = random(2);
    const special = [0, -0 * sign, Infinity, -Infinity * sign || 0, NaN, 3.4028234663852886e38];
    return Array.from({ length: inSize(given) }, () =>
      random(9) === 0 ? special[random(6)]! : Math.fround(random(2 ** 24) / 2 ** 20 - 8 * sign),
    );
  },
};
const planes = (from: Element, to: Element | 'i32', line: 'f32' | 'i32' | Code): Parameter[] => [
  input('src', from, inSize, from === 'f32' ? rectified : {}),
  output('dst', to, outSize),
  scratch('line', line),
  oneOf('channels', 1, 3),
  ...sizes,
];
const pixels = (from: Element, to: Element | 'i32'): Parameter[] => [
  input('src', from, inSize),
  output('dst', to, outSize),
  oneOf('channels', 1, 3, 4, 8, 17, 33),
  ...sizes,
];

/** A buffer whose contents after the call have no meaning. */
function scratch(name: string, element: 'f32' | 'i32' | Code): Parameter {
  return { ...output(name, element, reach), scratch: true };
}

const positive = (given: Arguments, random: (below: number) => number): number[] =>
  Array.from({ length: given['outHeight']! * given['outWidth']! }, () => 1 + random(9));
const perDivision = (given: Arguments, random: (below: number) => number): number[] =>
  Array.from({ length: Math.max(given['rows']!, given['columns']!) }, () => 1 + random(9));
const smallSums = (limit: number) => ({
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: given['rows']! * given['columns']! }, () => random(2 * limit + 1) - limit),
});

const division = (element: Code): Parameter[] => [
  input('sums', 'i32', (given) => given['rows']! * given['columns']!, smallSums(LOWEST[element] * -1 - 1)),
  output('dst', element, (given) => given['rows']! * given['columns']!),
  input('counts', 'f64', (given) => Math.max(given['rows']!, given['columns']!), { fill: perDivision }),
  size('rows', 1),
  size('columns', 4),
  oneOf('pixelStride', 0, 1),
];
const overlaying = (element: Code): Parameter[] => [
  input('sums', 'i32', (given) => given['count']!),
  output('dst', element, (given) => given['count']!),
  size('count', 4),
  oneOf('factor', 0, 1, 5, 255, 21400, 65535),
  oneOf('shift', 1, 2 ** -8, 2 ** -20, 2 ** -32),
  oneOf('low', LOWEST[element]),
  oneOf('high', -LOWEST[element] - 1),
];

export const poolRows = {
  max_planes_f32: row(planes('f32', 'f32', 'f32'), maxPlanes('f32')),
  max_planes_i8: row(planes('i8', 'i8', 'i8'), maxPlanes('i8')),
  max_planes_i16: row(planes('i16', 'i16', 'i16'), maxPlanes('i16')),
  max_pixels_f32: row(pixels('f32', 'f32'), maxPixels('f32')),
  max_pixels_i8: row(pixels('i8', 'i8'), maxPixels('i8')),
  max_pixels_i16: row(pixels('i16', 'i16'), maxPixels('i16')),
  sum_planes_i8: row(planes('i8', 'i32', 'i32'), sumPlanes('i8')),
  sum_planes_i16: row(planes('i16', 'i32', 'i32'), sumPlanes('i16')),
  sum_pixels_i8: row(pixels('i8', 'i32'), sumPixels('i8')),
  sum_pixels_i16: row(pixels('i16', 'i32'), sumPixels('i16')),
  average_f32: row(
    [
      input('src', 'f32', inSize),
      output('dst', 'f32', outSize),
      input('counts', 'f64', (given) => given['outHeight']! * given['outWidth']!, { fill: positive }),
      oneOf('channels', 1, 3),
      derived('channelStride', (given) => [given['height']! * given['width']!, 1]),
      derived('pixelStride', (given) => [given['channelStride'] === 1 ? given['channels']! : 1]),
      derived('outChannelStride', (given) => [
        given['channelStride'] === 1 ? 1 : given['outHeight']! * given['outWidth']!,
      ]),
      derived('outPixelStride', (given) => [given['pixelStride']!]),
      ...sizes,
    ],
    averageF32,
  ),
  divide_i8: row(division('i8'), divide('i8')),
  divide_i16: row(division('i16'), divide('i16')),
  overlay_average_i8: row(overlaying('i8'), overlayAverage('i8')),
  overlay_average_i16: row(overlaying('i16'), overlayAverage('i16')),
};
