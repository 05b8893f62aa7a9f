// Turns each .proto of this folder into a string constant of one module: the schemas travel with the
// code, so a browser needs no second download and no file system.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const here = new URL('./', import.meta.url);
const folder = new URL('../src/formats/generated/', import.meta.url);
const lines = readdirSync(here)
  .filter((name) => name.endsWith('.proto'))
  .sort()
  .map(
    (name) =>
      `export const ${name.replace('.proto', 'Proto')}: string = ${JSON.stringify(readFileSync(new URL(name, here), 'utf8'))};`,
  );
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('protos.ts', folder), `${lines.join('\n')}\n`);
