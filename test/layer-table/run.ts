/**
 * Writes docs/layers.md.
 *   npm run docs:layers
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support.js';
import { layerTable } from './table.js';

writeFileSync(join(root, 'docs/layers.md'), layerTable());
