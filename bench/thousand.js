import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { byteSize, wholeNumber } from '../dist/src/cli/arguments.js';
import { Contestant } from './contestant.js';
import { describeMachine } from './machine.js';
import { layOutJob } from './rows/calibration.js';
import { openScratch } from './scratch.js';

/**
 * Calibrates GoogLeNet on a thousand images with bounded memory and says how much the process held at most, Node,
 * weights and workspaces included: npm --prefix bench run thousand -- --images 1000 --memory 1G --threads 2
 */
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000' },
    memory: { type: 'string', default: '1G' },
    threads: { type: 'string', default: '2' },
  },
});
const images = wholeNumber('images', 1)(values.images);
const threads = wholeNumber('threads', 1)(values.threads);
const memory = byteSize('memory')(values.memory);

const scratch = openScratch();
const { kind, options } = layOutJob(scratch.folder, images);
const output = join(scratch.folder, 'scaling.json');
const config = { options: { ...options, memory, threads, output_json: output } };
const job = new Contestant({ title: 'calibration', name: 'calibration', config, count: 1, per: 1, optional: false });
try {
  await job.open();
  const { ms, peakBytes } = await job.run();
  const entries = JSON.parse(readFileSync(output, 'utf8')).network.length;
  console.log(`${describeMachine()}
GoogLeNet, ${images} images (${kind}), --memory ${values.memory}, --threads ${threads}:
${entries} entries in ${(ms / 1000).toFixed(1)} s (${(ms / images).toFixed(1)} ms an image), peak memory of the process ${(peakBytes / 1e6).toFixed(0)} MB`);
} finally {
  job.close();
  scratch.close();
}
