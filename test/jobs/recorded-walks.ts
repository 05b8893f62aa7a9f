import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { scratchFolder } from '../scratch.js';
import { shared } from '../support.js';
import { flagsOf as walkFlagsOf } from '../whole/walk-cases.js';

/** The folder of the recorded networks. */
export const walk = join(shared, 'golden/walk');

/** The recorded networks with codes of the overlay; one stand-in name where there are none. */
export const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'overlay/index.json')))
      .sort()
  : ['recorded networks'];

/** A folder for what tests write. */
export const scratch = scratchFolder();

/** The flags of `verify` for a recorded network and its scaling file. */
export function flagsOf(name: string) {
  const {
    calibration_directory,
    deploy_model,
    weights,
    dims,
    transpose,
    channel_swap,
    raw_scale,
    mean_value,
    input_scale,
    overlay,
  } = walkFlagsOf(join(walk, name));
  return {
    deploy_model,
    weights,
    dims,
    transpose,
    channel_swap,
    raw_scale,
    mean_value,
    input_scale,
    overlay,
    images: calibration_directory,
    scaling: join(walk, name, 'expected.json'),
  };
}

/** The entries of a recorded scaling file. */
export const entriesOf = (name: string): ScalingEntry[] =>
  JSON.parse(readFileSync(join(walk, name, 'expected.json'), 'utf8')).network;

/** Writes entries to a scaling file of this name, and returns its path. */
export const written = (name: string, entries: readonly ScalingEntry[]): string => {
  const path = join(scratch, `${name}.json`);
  writeFileSync(path, formatScaling(entries));
  return path;
};
