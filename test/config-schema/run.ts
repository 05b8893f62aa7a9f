/** Writes docs/config.schema.json, the schema of configuration files, from the flags of the commands: `npm run docs:config`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../src/cli/config.js';
import { xfdnnProgram } from '../../src/cli/main.js';
import { root } from '../support.js';

writeFileSync(join(root, 'docs/config.schema.json'), `${JSON.stringify(configSchema(xfdnnProgram('0')), null, 2)}\n`);
