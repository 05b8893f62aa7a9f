/** Runs `xfdnn` as a runtime without WebAssembly SIMD does. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support.js';

WebAssembly.validate = () => false;
await import(pathToFileURL(join(root, 'bin/xfdnn.js')).href);
