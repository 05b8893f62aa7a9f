import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import type { Graph } from '../../src/graph/graph.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { quantize } from '../../src/jobs/quantize.js';
import { nameOf, run } from '../../src/jobs/run.js';
import { scratchFolder } from '../scratch.js';
import { shared, testShared } from '../support.js';
import { flagsOf } from './walk-cases.js';

const walk = join(shared, 'golden/walk');
const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'cmd.txt')))
      .sort()
  : ['recorded networks'];
const scratch = scratchFolder();

/** Integers and words equal, floats within relative 1e-9. */
function compare(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected === 'number' && !Number.isInteger(expected)) {
    assert.ok(
      Math.abs((actual as number) - expected) <= 1e-9 * Math.abs(expected),
      `${where}: expected ${expected}, got ${String(actual)}`,
    );
  } else if (typeof expected === 'object' && expected !== null) {
    assert.equal(Object.keys(actual as object), Object.keys(expected), where);
    for (const [key, value] of Object.entries(expected))
      compare((actual as Record<string, unknown>)[key], value, `${where}.${key}`);
  } else {
    assert.is(actual, expected, where);
  }
}

/** The recorded blobs bear the top's name and hold its last version: the layer that wrote that. */
function lastWriter(graph: Graph, top: string): string {
  const last = graph.values.filter(({ blob }) => blob === top).reduce((a, b) => (a.version > b.version ? a : b));
  return nameOf(graph, last.id);
}

for (const name of cases) {
  testShared(`the walk of ${name} gives the recorded scaling file`, async () => {
    const folder = join(walk, name);
    const output = join(scratch, `${name}.json`);
    await quantize({ ...flagsOf(folder), output_json: output, threads: 1 });
    compare(
      JSON.parse(readFileSync(output, 'utf8')),
      JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')),
      name,
    );
  });

  if (existsSync(join(walk, name, 'blobs'))) {
    testShared(`the float blobs of ${name} are the recorded ones`, async () => {
      const folder = join(walk, name);
      const { calibration_size: _size, calibrator: _calibrator, ...options } = flagsOf(folder);
      const { graph } = await loadNetwork(options);
      const names = new Map(
        readdirSync(join(folder, 'blobs')).map((file) => [
          lastWriter(graph, file.replace('.npy', '').replaceAll('__', '/')),
          file,
        ]),
      );
      const { files } = await run({
        ...options,
        calibration_indices: [0],
        blobs: [...names.keys()],
        output_dir: join(scratch, name),
      });
      for (const { path, name: blob } of files) {
        const actual = Float64Array.from(readNpy(readFileSync(path), path).data);
        const expected = Float64Array.from(readNpy(readFileSync(join(folder, 'blobs', names.get(blob)!)), blob).data);
        const largest = expected.reduce((most: number, value: number) => Math.max(most, Math.abs(value)), 0);
        expected.forEach((value: number, i: number) =>
          assert.ok(
            Math.abs(actual[i]! - value) <= 1e-5 * largest,
            `${blob}[${i}]: expected ${value}, got ${actual[i]}`,
          ),
        );
      }
    });
  }
}

test.run();
