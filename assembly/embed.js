// Turns the compiled kernels into a module of base64 text, so that Node, Deno, Bun and a browser load
// them the same way, without a file system or a fetch.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const wasm = readFileSync(new URL('../dist/kernels.wasm', import.meta.url));
const folder = new URL('../src/kernels/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('wasm.ts', folder), `export const wasmBase64: string = '${wasm.toString('base64')}';\n`);
