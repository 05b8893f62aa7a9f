import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { root, shared } from '../support.js';
import { arrayNetworks } from './runs.js';

const photographs = ['calib_13923040300_b4c8521b4d_z.jpg', 'calib_3272651417_27976a64b3_z.jpg'];

/** The recorded input of a network without its batch axis, as the one calibration array of a folder. */
function writeArray(network: string, folder: string): void {
  const { shape, data } = readNpy(readFileSync(join(shared, 'models', network, 'input.npy')), 'input.npy');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'input.npy'), writeNpy({ shape: shape.slice(1), data: Float32Array.from(data) }));
}

/**
 * Puts the inputs of the runs into a folder: `examples` and `shared` (links), `photographs` (two files) and
 * `arrays/NETWORK`. A run's own folder lies beside them, so that every path in its commands and outputs is relative.
 */
export function prepareInputs(folder: string): void {
  symlinkSync(join(root, 'examples'), join(folder, 'examples'), 'junction');
  if (!existsSync(shared)) return;
  symlinkSync(shared, join(folder, 'shared'), 'junction');
  mkdirSync(join(folder, 'photographs'));
  for (const file of photographs) copyFileSync(join(shared, 'models/images', file), join(folder, 'photographs', file));
  for (const network of arrayNetworks) writeArray(network, join(folder, 'arrays', network));
}
