import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support.js';

/** Writes a network of the bench on random weights, and photographs. Resolves with the paths. */
export async function layOut(folder: string, network: string, photographs: number): Promise<string[]> {
  const from = (path: string): Promise<any> => import(new URL(path, pathToFileURL(root)).href);
  const { networks, unfoldedGraph } = await from('bench/networks/index.js');
  const { writeCaffemodel } = await from('bench/formats/caffemodel.js');
  const { layOutPhotos } = await from('bench/photos.js');
  const [prototxt, weights, photos] = [
    join(folder, 'net.prototxt'),
    join(folder, 'net.caffemodel'),
    join(folder, 'photos'),
  ];
  writeFileSync(prototxt, networks[network].prototxt());
  writeCaffemodel(weights, unfoldedGraph(network));
  mkdirSync(photos);
  console.log(`${network}, ${layOutPhotos(photos, photographs)}`);
  return [prototxt, weights, ...readdirSync(photos).map((name) => join(photos, name))];
}
