import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, launch } from 'puppeteer-core';
import { root } from '../support.js';
import type { Case } from './cases.js';
import type { Row } from './measure.js';

/** A browser that the cases can run in. */
export interface MatrixBrowser {
  readonly name: string;
  readonly kind: 'chrome' | 'firefox';
  readonly executable: string;
}

const KINDS = [
  { kind: 'chrome', executables: ['chromium', 'chromium-browser', 'google-chrome'], label: 'Chromium' },
  { kind: 'firefox', executables: ['firefox-esr', 'firefox'], label: 'Firefox' },
] as const;

/** The file of a program on the path; undefined where there is none. */
function programAt(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The browsers on the path, named after their versions, and which are missing. */
export function findBrowsers(): { found: MatrixBrowser[]; missing: string[] } {
  const found: MatrixBrowser[] = [];
  const missing: string[] = [];
  for (const { kind, executables, label } of KINDS) {
    const [first] = executables.flatMap((name): MatrixBrowser[] => {
      const executable = programAt(name);
      if (executable === undefined) return [];
      const { status, stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
      const [version = ''] = /\d+(\.\d+)?/.exec(stdout ?? '') ?? [];
      return status === 0 ? [{ name: `${label} ${version}`, kind, executable }] : [];
    });
    if (first === undefined) missing.push(label);
    else found.push(first);
  }
  return { found, missing };
}

const EXAMPLE = 'examples/cifar10';

/** The files that the cases read. */
const examplePaths = (): string[] => [
  ...['deploy.prototxt', 'model.caffemodel', 'model.pb'].map((name) => `${EXAMPLE}/${name}`),
  ...readdirSync(join(root, EXAMPLE, 'calibration')).map((name) => `${EXAMPLE}/calibration/${name}`),
];

/** Serves the page, the package's worker where the page looks for it, and the files of the cases. */
async function serve(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/matrix/page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    logLevel: 'warning',
  });
  const page = outputFiles[0]?.contents ?? new Uint8Array();
  const contents: Readonly<Record<string, () => string | Uint8Array>> = {
    '/': () => '<!doctype html><title>matrix</title><script type="module" src="/library/page.js"></script>',
    '/library/page.js': () => page,
    '/worker.js': () => readFileSync(join(root, 'dist/browser/worker.js')),
    ...Object.fromEntries(examplePaths().map((path) => [`/${path}`, () => readFileSync(join(root, path))])),
  };
  const server = createServer(({ url = '' }, response) => {
    const content = contents[url];
    const type = url.endsWith('.js') ? 'text/javascript' : url === '/' ? 'text/html' : 'application/octet-stream';
    response.writeHead(content === undefined ? 404 : 200, { 'Content-Type': type }).end(content?.());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Longest time of one case, in milliseconds. */
const PATIENCE = 1_200_000;

/** Starts a browser without windows. */
export function openBrowser({ kind, executable }: MatrixBrowser): Promise<Browser> {
  return launch({
    browser: kind,
    executablePath: executable,
    headless: true,
    protocolTimeout: PATIENCE,
    // Chromium has no sandbox for the superuser.
    args: kind === 'chrome' && process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** Runs cases in order in a page of a browser. */
export async function measureInBrowser(found: MatrixBrowser, cases: readonly Case[]): Promise<Row> {
  const server = await serve();
  const browser = await openBrowser(found);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.matrix !== undefined', { timeout: PATIENCE });
    await page.evaluate(`matrix.begin(${JSON.stringify(examplePaths())})`);
    const row: Record<string, string> = {};
    for (const each of cases) row[each.name] = String(await page.evaluate(`matrix.perform(${JSON.stringify(each)})`));
    return row;
  } finally {
    await browser.close();
    server.close();
  }
}
