import { readFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
const FOLDER = 'examples/cifar10/';
/** The images that `npm run demo` calibrates on: `--calibration_size 32 --calibration_seed 1`. */
const IMAGES = [
  9, 10, 11, 14, 17, 18, 22, 25, 31, 38, 40, 42, 44, 45, 49, 55, 57, 58, 59, 62, 63, 68, 70, 71, 72, 75, 78, 83, 86, 87,
  90, 92,
];

/**
 * The example in one buffer: four bytes of length, little-endian, JSON of paths with sizes of that length, and the files' bytes
 * in the same order.
 */
export function packExample() {
  const paths = [
    'deploy.prototxt',
    'model.caffemodel',
    ...IMAGES.map((index) => `calibration/${String(index).padStart(4, '0')}.png`),
  ];
  const files = paths.map((path) => ({ path: FOLDER + path, bytes: readFileSync(new URL(FOLDER + path, ROOT)) }));
  const head = Buffer.from(JSON.stringify(files.map(({ path, bytes }) => [path, bytes.length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...files.map(({ bytes }) => bytes)]);
}
