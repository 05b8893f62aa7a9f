/**
 * Builds the lab with esbuild into `dist/lab`: files for any static host, and `xfdnn-lab.html`, which holds all of it.
 *   npm run lab:build
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packExample } from './example.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = here('../dist/lab/');

/** What the page may load. It may connect to nothing but its own host, and as one file to nothing at all. */
const policy = ({ script, connect }) =>
  `default-src 'none'; script-src ${script} 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'unsafe-inline'; img-src data: blob:; connect-src ${connect}; base-uri 'none'; form-action 'none'`;

async function bundled(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [here(entry)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  return outputFiles[0].text;
}

const jsx = { jsx: 'automatic', jsxImportSource: 'preact' };

/** The page with some markup for its parts. `policy`: its content security policy. */
function pageText({ policy, style, scripts }) {
  const template = readFileSync(here('page/index.html'), 'utf8');
  const parts = { policy, style: `<style>${style}</style>`, scripts };
  return template.replace(/<!--(policy|style|scripts)-->/g, (_, name) =>
    name === 'policy' ? `<meta http-equiv="Content-Security-Policy" content="${parts.policy}" />` : parts[name],
  );
}

/** Text that stands in a script element: nothing in it ends the element. */
const inElement = (text) => text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const hashSource = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The rules of the reports, whose plots and colours the page shares. */
async function reportStyle() {
  const module = await bundled('../src/report/html/stylesheet.ts');
  const { STYLESHEET } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
  return STYLESHEET;
}

/** Makes the lab in a folder, whose path ends with a slash, and returns it. */
export async function buildLab(folder = FOLDER) {
  const [page, session, style, example] = [
    await bundled('page/main.tsx', jsx),
    await bundled('session/main.ts', { format: 'iife', define: { 'import.meta.url': 'undefined' } }),
    (await reportStyle()) + (await bundled('page/style.css')),
    packExample(),
  ];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name, content) => writeFileSync(folder + name, content);
  write('lab.js', page);
  write('session.js', session);
  write('example.bin', example);
  write(
    'index.html',
    pageText({
      policy: policy({ script: "'self'", connect: "'self'" }),
      style,
      scripts: '<script type="module" src="lab.js"></script>',
    }),
  );
  const code = inElement(page);
  write(
    'xfdnn-lab.html',
    pageText({
      policy: policy({ script: hashSource(code), connect: "'none'" }),
      style,
      scripts: [
        `<script type="text/plain" id="session">${inElement(session)}</script>`,
        `<script type="text/plain" id="example">${example.toString('base64')}</script>`,
        `<script type="module">${code}</script>`,
      ].join('\n'),
    }),
  );
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildLab());
