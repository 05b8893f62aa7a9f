import { PNG } from 'pngjs';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng } from '../../src/images/png.js';
import { CHANNELS, type PngSource, writePng } from './png-writer.js';

const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] } as const;

/** The colours of a file as pngjs decodes them, without alpha, at the depth of the file. */
function judged(file: Uint8Array, channels: number): number[] {
  const { data } = PNG.sync.read(Buffer.from(file), { skipRescale: true });
  return Array.from(data).filter((_, i) => i % 4 < channels);
}

for (const colorType of [0, 2, 3, 4, 6] as const)
  test(`colour type ${colorType}: samples are those that pngjs decodes`, async () => {
    const random = seedrandom(`colour type ${colorType}`);
    for (const depth of DEPTHS[colorType])
      for (const interlaced of [false, true])
        for (const [width, height] of [
          [1, 1],
          [5, 3],
          [17, 9],
          [33, 20],
        ] as const) {
          const count = width * height * CHANNELS[colorType];
          const samples = Array.from({ length: count }, () => Math.floor(random() * 2 ** depth));
          const palette = Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, () => Math.floor(random() * 256));
          const source: PngSource = { width, height, depth, colorType, samples, interlaced };
          const file = writePng(colorType === 3 ? { ...source, palette } : source);
          const image = await decodePng(file, 'x.png');
          const name = `depth ${depth}, ${width} x ${height}${interlaced ? ', interlaced' : ''}`;
          assert.equal(Array.from(image.data), judged(file, image.channels), name);
        }
  });

test.run();
