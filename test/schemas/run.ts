/** Writes docs/schemas/ from the types of the commands' results: `npm run docs:schemas`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support.js';
import { schemaTexts } from './schemas.js';

for (const [name, text] of schemaTexts()) writeFileSync(join(root, 'docs/schemas', `${name}.schema.json`), text);
