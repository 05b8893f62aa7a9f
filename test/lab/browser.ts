import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { test } from 'uvu';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

/** The first of some programs that is installed. */
export function installed(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

const executablePath = installed('chromium', 'chromium-browser', 'google-chrome');

let built: Promise<string> | undefined;

/** Builds the lab once. Resolves with its folder. */
export function builtLab(): Promise<string> {
  built ??= import(new URL('web/build.js', pathToFileURL(root)).href).then(
    ({ buildLab }: { buildLab: (folder: string) => Promise<string> }) => buildLab(`${scratchFolder()}/`),
  );
  return built;
}

/** Serves the lab. `close` ends that. */
export async function servedLab(): Promise<{ readonly address: string; readonly close: () => void }> {
  const { serveFolder } = (await import(new URL('web/serve.js', pathToFileURL(root)).href)) as {
    serveFolder: (folder: string, port: number) => Promise<Server>;
  };
  const server = await serveFolder(await builtLab(), 0);
  const { port } = server.address() as AddressInfo;
  return { address: `http://localhost:${port}/`, close: () => void server.close() };
}

/** The lab in a page of Chromium. */
export interface OpenedLab {
  readonly page: Page;
  readonly browser: Browser;
  /** Errors of the page and messages of its console that are errors. */
  readonly errors: readonly string[];
}

/** A test of the lab in Chromium: skipped, and counted as such, where none is installed. `file`: as one file, from the disk. */
export function testLab(
  name: string,
  body: (lab: OpenedLab) => Promise<void>,
  options: BrowserContextOptions & { readonly file?: boolean } = {},
): void {
  if (executablePath === undefined) return test.skip(`${name} (Chromium is not installed)`, () => undefined);
  test(name, async () => {
    const { file = false, ...context } = options;
    const served = await servedLab();
    const script = fileURLToPath(new URL('chromium-server.js', import.meta.url));
    const child = spawn(process.execPath, [script, executablePath], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [address] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
    const browser = await chromium.connect(String(address).trim());
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(file ? pathToFileURL(join(await builtLab(), 'xfdnn-lab.html')).href : served.address);
      await body({ page, browser, errors });
    } finally {
      await browser.close();
      child.stdin.end();
      served.close();
    }
  });
}

/** Loads the example, and waits until it can be calibrated. */
export async function loadExample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Load the example' }).click();
  await idle(page);
}

/** Waits until nothing is computed. */
export async function idle(page: Page): Promise<void> {
  await page.locator('button.main:enabled', { hasText: 'Calibrate' }).waitFor({ timeout: 120_000 });
}

/** Calibrates, and waits until the images are emulated. */
export async function calibrate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Calibrate', exact: true }).click();
  await page.getByRole('button', { name: 'Save the scaling file' }).waitFor({ timeout: 120_000 });
  await idle(page);
}

/** The text that a button saves. */
export async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
