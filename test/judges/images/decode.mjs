/**
 * Decodes each file named on standard input, one a line, with the built decoder, and answers with a line of JSON: the sizes and
 * the file of float32 values (H x W x C), or the refusal.
 *   node test/judges/images/decode.mjs FOLDER
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toFloat32 } from '../../../dist/src/images/image.js';
import { decodeImage } from '../../../dist/src/images/decode.js';

const values = join(process.argv[2], 'values.f32');
for await (const path of createInterface({ input: process.stdin })) {
  try {
    const image = await decodeImage(new Uint8Array(readFileSync(path)), 'file');
    writeFileSync(values, new Uint8Array(toFloat32(image).slice().buffer));
    console.log(JSON.stringify({ shape: [image.height, image.width, image.channels], values }));
  } catch (error) {
    console.log(JSON.stringify({ refused: error.name === 'XfdnnError' ? error.message : `CRASH ${error.stack}` }));
  }
}
