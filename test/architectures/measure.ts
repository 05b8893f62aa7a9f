import * as assert from 'uvu/assert';
import { checkScalingFile } from '../../src/jobs/check.js';
import { inspect } from '../../src/jobs/inspect.js';
import type { NetworkFlags } from '../../src/jobs/network.js';
import { quantize } from '../../src/jobs/quantize.js';

/** What one network and bit width cost. */
export interface Measured {
  readonly layers: number;
  readonly entries: number;
  readonly seconds: number;
  /** The process's largest resident memory until the scaling file was written, in megabytes. */
  readonly megabytes: number;
}

/**
 * Inspects, plans and quantizes a network on one image with seeded weights, and checks the scaling file against the
 * network. Throws where a layer cannot be run, where an entry is missing and where the file has a fault.
 */
export async function measure(
  flags: NetworkFlags,
  bits: 8 | 16,
  image: { folder: string; index: number },
  output: string,
): Promise<Measured> {
  const network = { ...flags, seed_weights: 1 };
  const begin = performance.now();
  const { layers, unsupported, memory } = await inspect(flags);
  assert.equal(unsupported, [], 'layers that cannot be run');
  assert.ok(memory.arena > 0 && memory.arena <= memory.unshared, 'a plan that reuses memory');
  const images = { calibration_directory: image.folder, calibration_indices: [image.index] };
  const { entries } = await quantize({
    ...network,
    ...images,
    bitwidths: [bits, bits, bits],
    output_json: output,
    threads: 1,
  });
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const sites = layers.filter(
    ({ quantization, type }) => quantization === 'weights, site' || (type === 'Eltwise' && quantization === 'site'),
  );
  assert.equal(
    entries.map(({ name }) => name),
    sites.map(({ name }) => name),
    'an entry for each layer that has one',
  );
  const { faults } = await checkScalingFile({ ...network, scaling: output });
  assert.equal(
    faults.filter(({ severity }) => severity === 'fault'),
    [],
    'faults of the scaling file',
  );
  return { layers: layers.length, entries: entries.length, seconds: (performance.now() - begin) / 1000, megabytes };
}
