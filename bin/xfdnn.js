#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { main, xfdnnProgram } from '../dist/bundle/cli/main.js';

await main(xfdnnProgram(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version));
