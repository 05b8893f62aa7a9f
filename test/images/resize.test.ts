import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Image, type ResizeRule, resize } from '../../src/images/index.js';

const random = seedrandom('resize');
const SIZES = [1, 2, 3, 5, 8, 13, 31];

function randomImage(width: number, height: number, channels: 1 | 3, maximum: number): Image {
  const length = width * height * channels;
  if (maximum === 1) return { width, height, channels, maximum, data: Float32Array.from({ length }, () => random()) };
  const sample = (): number => Math.floor(random() * (maximum + 1));
  return {
    width,
    height,
    channels,
    maximum,
    data: maximum === 65535 ? Uint16Array.from({ length }, sample) : Uint8Array.from({ length }, sample),
  };
}

function value({ data, maximum }: Image, index: number): number {
  return Math.fround(data[index]! / maximum);
}

/** The rule read straight from its definition, one output at a time. */
function direct(image: Image, height: number, width: number, rule: ResizeRule): Float32Array {
  const values = Array.from(image.data, (_, i) => value(image, i));
  const minimum = rule === 'caffe' ? Math.min(...values) : 0;
  const extent = rule === 'caffe' ? Math.max(...values) - minimum : 1;
  const at = (y: number, x: number, c: number): number => {
    if (rule === 'tensorflow')
      return values[(Math.min(y, image.height - 1) * image.width + Math.min(x, image.width - 1)) * image.channels + c]!;
    if (y < 0 || x < 0 || y >= image.height || x >= image.width) return 0;
    return (values[(y * image.width + x) * image.channels + c]! - minimum) / extent;
  };
  const source = (i: number, from: number, to: number): number =>
    rule === 'caffe' ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
  return Float32Array.from({ length: height * width * image.channels }, (_, i) => {
    const c = i % image.channels;
    const x = source(Math.floor(i / image.channels) % width, image.width, width);
    const y = source(Math.floor(i / image.channels / width), image.height, height);
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const row = (r: number): number => (1 - (x - x0)) * at(r, x0, c) + (x - x0) * at(r, x0 + 1, c);
    return ((1 - (y - y0)) * row(y0) + (y - y0) * row(y0 + 1)) * extent + minimum;
  });
}

for (const rule of ['caffe', 'tensorflow'] as const) {
  test(`${rule}: the same bits as the definition, larger and smaller, every sample type`, () => {
    for (const maximum of [255, 65535, 15, 1]) {
      for (const channels of [1, 3] as const) {
        for (const width of SIZES) {
          const height = SIZES[Math.floor(random() * SIZES.length)]!;
          const image = randomImage(width, height, channels, maximum);
          for (const [h, w] of [
            [7, 11],
            [height + 1, width],
            [height, width + 3],
            [1, 1],
            [2 * height, 2 * width],
          ] as const) {
            if (Math.min(...image.data) === Math.max(...image.data)) continue;
            assert.equal(
              resize(image, h, w, rule),
              direct(image, h, w, rule),
              `${width}x${height} to ${w}x${h}, ${channels} channels, maximum ${maximum}`,
            );
          }
        }
      }
    }
  });
}

test('8-bit samples give the same bits as their values as floats', () => {
  for (const channels of [1, 3] as const) {
    for (const maximum of [255, 15]) {
      const image = randomImage(37, 29, channels, maximum);
      const floats: Image = { ...image, maximum: 1, data: Float32Array.from(image.data, (_, i) => value(image, i)) };
      for (const [h, w] of [
        [29, 37],
        [13, 11],
        [61, 90],
        [1, 40],
      ] as const) {
        for (const rule of ['caffe', 'tensorflow'] as const)
          assert.equal(
            resize(image, h, w, rule),
            resize(floats, h, w, rule),
            `${channels} ${maximum} ${h}x${w} ${rule}`,
          );
      }
    }
  }
});

test('an image of the right size only becomes float32', () => {
  for (const maximum of [255, 65535, 1]) {
    const image = randomImage(5, 4, 3, maximum);
    for (const rule of ['caffe', 'tensorflow'] as const) {
      assert.equal(
        resize(image, 4, 5, rule),
        Float32Array.from(image.data, (_, i) => value(image, i)),
      );
    }
  }
});

test('a constant image stays constant, black too', () => {
  for (const level of [0, 77, 255]) {
    const image: Image = { width: 3, height: 2, channels: 3, maximum: 255, data: new Uint8Array(18).fill(level) };
    for (const rule of ['caffe', 'tensorflow'] as const) {
      assert.equal(resize(image, 9, 7, rule), new Float32Array(9 * 7 * 3).fill(level / 255));
    }
  }
});

test('enlarging darkens the border towards the minimum under the caffe rule only', () => {
  const image: Image = { width: 2, height: 2, channels: 1, maximum: 255, data: Uint8Array.from([51, 255, 255, 255]) };
  // At the corner (-0.25, -0.25): the sample inside weighs 0.75 x 0.75, all else counts as the minimum, 0.2.
  assert.ok(Math.abs(resize(image, 4, 4, 'caffe')[3]! - (0.2 + 0.8 * 0.5625)) < 1e-7);
  assert.is(resize(image, 4, 4, 'tensorflow')[3], 1);
});

test.run();
