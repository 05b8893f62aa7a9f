/**
 * Writes a GoogLeNet with random weights under the names of the ML Suite's files, for those who have these no longer.
 * It has the layers and shapes of the original and no training: its classes mean nothing.
 *   node examples/googlenet/stand-in.js FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { googlenet } from '../../bench/networks/googlenet.js';
import { loadCaffe } from '../../dist/src/index.js';
import { writeCaffemodel } from '../caffemodel.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('expected the folder to write to, as in: node examples/googlenet/stand-in.js dist/googlenet');
  process.exit(2);
}

const prototxt = googlenet.prototxt();
const graph = loadCaffe({ prototxt, seedWeights: 1 });
const layer = graph.nodes
  .filter(({ params }) => params.length > 0)
  .map(({ name, type, params }) => ({
    name,
    type,
    blobs: params.map(({ shape, data }) => ({ shape: { dim: [...shape] }, data })),
  }));

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'bvlc_googlenet_without_lrn_deploy.prototxt'), prototxt);
writeCaffemodel(join(folder, 'bvlc_googlenet_without_lrn.caffemodel'), { name: 'GoogLeNet', layer });
