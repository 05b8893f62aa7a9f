import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '../../src/graph/graph.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { type CheckOptions, checkScaling } from '../../src/scaling-file/check.js';
import type { Fault } from '../../src/scaling-file/fault.js';
import { shared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';

export const walk = join(shared, 'golden/walk');
/** Recorded networks with a scaling file. */
export const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'expected.json')))
      .sort()
  : [];
export const entriesOf = (name: string): ScalingEntry[] =>
  JSON.parse(readFileSync(join(walk, name, 'expected.json'), 'utf8')).network;
export const graphOf = async (name: string): Promise<Graph> =>
  optimise((await loadNetwork(flagsOf(join(walk, name)))).graph).graph;
/** Faults without warnings. */
export const faultsOf = (entries: readonly ScalingEntry[], options?: CheckOptions): Fault[] =>
  checkScaling(entries, options).filter(({ severity }) => severity === 'fault');
export const places = (faults: readonly Fault[]): unknown[] =>
  faults.map(({ entry, key, channel, derivable }) => [entry, key, channel, derivable]);

/** The entries with one of them changed. */
export function changed(
  entries: readonly ScalingEntry[],
  name: string,
  change: (entry: ScalingEntry) => Partial<ScalingEntry>,
): ScalingEntry[] {
  return entries.map((entry) => (entry.name === name ? { ...entry, ...change(entry) } : entry));
}
/** A list with one element replaced. */
export const at = (list: readonly number[], index: number, value: number): number[] =>
  list.map((old, i) => (i === index ? value : old));
