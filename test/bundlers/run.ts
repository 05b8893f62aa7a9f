/**
 * Installs the packed package beside the bundlers, makes a page with each, opens it in Chromium, and compares the scaling file
 * that it writes with Node's; ends with 1 where one differs. Needs the registry for vite and webpack.
 *   npm run check:bundlers [-- WORD]      only ways whose name holds WORD
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { findBrowsers, openBrowser } from '../matrix/browsers.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

/** The page's code: the embedded example on two images and two threads. `options`: of the threads, as source text. */
const code = (library: string, options = ''): string => `
import { calibrate, formatScaling, loadCaffe, optimise, prepareImage, preprocessingOf, scale } from '${library}';

const bytesOf = globalThis.bytesOf ?? (async (path) => new Uint8Array(await (await fetch('/' + path)).arrayBuffer()));

async function quantize() {
  const network = loadCaffe({ prototxt: await bytesOf('cifar10/deploy.prototxt'), weights: await bytesOf('cifar10/model.caffemodel') });
  const preprocessing = preprocessingOf({}, network, 'caffe');
  const arrays = [];
  for (const name of ['0000.png', '0001.png'])
    arrays.push((await prepareImage(await bytesOf('cifar10/calibration/' + name), name, preprocessing)).data);
  const widths = { input: 8, params: 8, output: 8 };
  const layers = await calibrate(optimise(network).graph, { arrays }, { widths, overlay: 'v2', threads: 2${options} });
  return formatScaling(scale(layers, { overlay: 'v2' }));
}

globalThis.result = quantize().catch((error) => 'failed: ' + error.message);
`;

const pageOf = (script: string): string =>
  `<!doctype html><title>page</title><script type="module" src="${script}"></script>`;

/** A folder with the package, the bundlers and the pages' sources. */
function makeProject(): string {
  const project = scratchFolder();
  const npm = (...words: string[]): string => execFileSync('npm', words, { cwd: project, encoding: 'utf8' });
  const [packed = ''] = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
  }).split('\n');
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }');
  npm('install', '--no-audit', '--no-fund', '--silent', `./${packed}`, 'vite', 'webpack', 'webpack-cli', 'esbuild');
  cpSync(join(root, 'examples/cifar10'), join(project, 'public/cifar10'), { recursive: true });
  writeFileSync(join(project, 'main.js'), code('xfdnn-quantizer'));
  writeFileSync(join(project, 'script.js'), code('/node_modules/xfdnn-quantizer/dist/browser/library/index.js'));
  // esbuild leaves workers to the page.
  writeFileSync(
    join(project, 'with-worker.js'),
    code('xfdnn-quantizer', `, worker: new URL('/worker.js', location.href)`),
  );
  cpSync(join(project, 'node_modules/xfdnn-quantizer/dist/browser/worker.js'), join(project, 'public/worker.js'));
  writeFileSync(join(project, 'index.html'), pageOf('/main.js'));
  return project;
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

/** Serves the first folder that has a file; opens the page and gives its result. */
async function openStatic(browser: Browser, folders: readonly string[], page: string): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : decodeURIComponent(url.replace(/\?.*/, ''));
    if (path === '/page') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    const found = folders
      .map((folder) => join(folder, path))
      .find((file) => existsSync(file) && statSync(file).isFile());
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': type }).end(readFileSync(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await resultOf(browser, `${address}${page === '' ? '/' : '/page'}`);
  } finally {
    server.close();
  }
}

async function resultOf(browser: Browser, address: string): Promise<string> {
  const page = await browser.newPage();
  try {
    await page.goto(address, { timeout: 300_000 });
    await page.waitForFunction('globalThis.result !== undefined', { timeout: 300_000 });
    return String(await page.evaluate('globalThis.result'));
  } finally {
    await page.close();
  }
}

/** Opens the page of a development server, which is ended afterwards. */
async function openServed(browser: Browser, project: string): Promise<string> {
  const vite = join(project, 'node_modules/vite/bin/vite.js');
  const server = spawn(process.execPath, [vite, '--port', '0', '--host', '127.0.0.1'], { cwd: project });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      server.stdout.on('data', (chunk) => {
        said += String(chunk).replace(/\u001b\[[0-9;]*m/g, '');
        const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      server.on('exit', (code) => reject(new Error(`vite ended with ${code}: ${said}`)));
    });
    return await resultOf(browser, address);
  } finally {
    server.kill();
  }
}

/** Runs a program of the project. */
function bundle(project: string, program: string, ...words: string[]): void {
  execFileSync(process.execPath, [join(project, 'node_modules', program), ...words], { cwd: project, stdio: 'pipe' });
}

/** Each way to a page: what the page's result is. */
const ways: Readonly<Record<string, (browser: Browser, project: string) => Promise<string>>> = {
  'script element': (browser, project) => openStatic(browser, [join(project, 'public'), project], pageOf('/script.js')),
  async esbuild(browser, project) {
    const out = join(project, 'esbuild-out');
    execFileSync(
      join(project, 'node_modules/.bin/esbuild'),
      ['with-worker.js', '--bundle', '--format=esm', `--outdir=${out}`],
      { cwd: project, stdio: 'pipe' },
    );
    return openStatic(browser, [out, join(project, 'public')], pageOf('/with-worker.js'));
  },
  'vite dev': openServed,
  async 'vite build'(browser, project) {
    bundle(project, 'vite/bin/vite.js', 'build', '--outDir', 'vite-out');
    return openStatic(browser, [join(project, 'vite-out')], '');
  },
  async webpack(browser, project) {
    bundle(project, 'webpack-cli/bin/cli.js', '--mode', 'production', '--entry', './main.js', '-o', 'webpack-out');
    return openStatic(browser, [join(project, 'webpack-out'), join(project, 'public')], pageOf('/main.js'));
  },
};

/** The text of the scaling file that Node writes by the same code. */
async function expectedResult(project: string): Promise<string> {
  const path = join(project, 'node.js');
  writeFileSync(path, code('xfdnn-quantizer'));
  const bytesOf = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(readFileSync(join(root, 'examples', name)));
  Object.assign(globalThis, { bytesOf });
  await import(pathToFileURL(path).href);
  return (globalThis as unknown as { result: Promise<string> }).result;
}

const chromium = findBrowsers().found.find(({ kind }) => kind === 'chrome');
if (chromium === undefined) console.log('skipped: Chromium is not installed');
else {
  const project = makeProject();
  const browser = await openBrowser(chromium);
  try {
    const expected = await expectedResult(project);
    for (const [name, open] of Object.entries(ways).filter(([name]) => name.includes(process.argv[2] ?? ''))) {
      const got = await open(browser, project).catch((error: Error) => `failed: ${error.message}`);
      const isSame = got === expected;
      console.log(
        `${name}: ${isSame ? `the bytes of Node, ${got.length} of them` : `DIFFERENT: ${got.slice(0, 300)}`}`,
      );
      if (!isSame) process.exitCode = 1;
    }
  } finally {
    await browser.close();
    rmSync(project, { recursive: true });
  }
}
