/**
 * What ajv has against a value, from `{ schema, value }` on stdin: one line of text, empty where there is nothing. ajv makes code
 * of schemas, which the process of the tests disallows.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const { schema, value } = JSON.parse(readFileSync(0, 'utf8'));
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const validate = ajv.compile(schema);
process.stdout.write(validate(value) === true ? '' : ajv.errorsText(validate.errors));
