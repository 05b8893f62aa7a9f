/**
 * Starts Chromium for another process, and prints the address to connect to. Playwright makes code from text, which the process
 * of the tests disallows.
 *   node dist/test/lab/chromium-server.js PROGRAM
 */
import { chromium } from 'playwright-core';

const server = await chromium.launchServer({ executablePath: process.argv[2] ?? '', args: ['--no-sandbox'] });
// The process that started this one is over.
process.stdin.on('end', () => void server.close()).resume();
console.log(server.wsEndpoint());
