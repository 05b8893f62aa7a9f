import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Ended, runProgram } from './command.js';
import { smallNetwork } from './fixtures.js';

/** The flags of the small network. */
export const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];

/** The small network in a folder of its own, with its scaling file `q.json` and other files. */
export interface Quantized {
  readonly folder: string;
  /** The path of a file of the folder. */
  readonly path: (name: string) => string;
  /** Runs a command in the folder. */
  readonly xfdnn: (...words: string[]) => Ended;
}

/** Makes a folder with `net.prototxt`, `net.caffemodel`, four images, these files, and `q.json` that `quantize` writes. */
export function quantizedNetwork(others: Readonly<Record<string, string>> = {}): Quantized {
  const folder = smallNetwork(others);
  const xfdnn = (...words: string[]): Ended => runProgram('xfdnn', folder, words);
  const batch = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3'];
  const { code, error } = xfdnn('quantize', ...network, ...batch, '--output_json', 'q.json', '--quiet');
  assert.is(code, 0, error);
  return { folder, path: (name) => join(folder, name), xfdnn };
}
