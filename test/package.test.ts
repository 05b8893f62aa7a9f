import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from './scratch.js';
import { root } from './support.js';

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: { readonly demo: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** What `npm pack` would put into the package; no script runs. */
function pack(): Packed {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const { status, stdout, stderr } = spawnSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout)[0];
}

const packed = pack();
const paths = packed.files.map(({ path }) => path);

/** The first two parts of each path, each once. */
const folders = [...new Set(paths.map((path) => path.split('/').slice(0, 2).join('/')))];

test('the package holds programs, library, bundles, pages and a small sample, and nothing else', () => {
  const own = [
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'bench/README.md',
    'bench/RESULTS.md',
    'bench/plots',
    'package.json',
    'bin/quantize.js',
    'bin/xfdnn.js',
    'dist/src',
    'examples/board',
    'examples/browser',
    'examples/ci',
    'examples/cifar10',
  ];
  const known = [
    ...own,
    'dist/browser',
    'dist/bundle',
    'docs/schemas',
    'docs/spec',
    'proto/caffe.proto',
    'proto/tensorflow.proto',
  ];
  assert.equal(
    folders.filter((folder) => !known.includes(folder) && !/^docs\/[\w.-]+\.(md|json|png)$/.test(folder)),
    [],
  );
  assert.equal(
    own.filter((folder) => !folders.includes(folder)),
    [],
  );
  assert.equal(
    paths.filter((path) => /^examples\/cifar10\/(test|train)|^dist\/src\/cli|\.test\./.test(path)),
    [],
  );
  assert.ok(packed.size < 3.6e6, `${packed.size} bytes`);
});

test('what package.json names is in the package', () => {
  const named = [
    ...Object.values(manifest.bin),
    ...Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry))),
  ].map((path) => path.replace(/^\.\//, ''));
  assert.equal(
    // Declarations are made by `npm run build`, not by `npm run test:one`.
    named.filter((path) => !paths.includes(path) && (existsSync(join(root, path)) || !path.endsWith('.d.ts'))),
    [],
  );
  assert.is(manifest.bin[manifest.name], 'bin/xfdnn.js', 'npx finds the program of the package');
});

test('the links of the pages lead to files of the package, and to headings that are there', () => {
  const pages = new Map(
    paths.filter((path) => path.endsWith('.md')).map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
  const broken = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, path = '', anchor]) => {
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      const isThere = paths.includes(target) || paths.some((each) => each.startsWith(`${target.replace(/\/$/, '')}/`));
      const isHeading = anchor === undefined || anchors(pages.get(target) ?? '').includes(anchor);
      return isThere && isHeading ? [] : [`${page}: ${link}`];
    }),
  );
  assert.equal(broken, []);
});

/** The anchors of a page's headings, as they are made where Markdown is shown. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('the demo reads files of the package only', () => {
  const read = manifest.scripts.demo.match(/examples\/\S+/g) as string[];
  assert.ok(read.length === 3);
  for (const path of read)
    assert.ok(
      paths.some((each) => each === path || each.startsWith(`${path}/`)),
      path,
    );
});

/** Errors of a program that uses the package without Node's types, every declaration checked. */
function typeErrors(folder: string, options: ts.CompilerOptions): string[] {
  const compiled = ts.createProgram([join(folder, 'use.ts')], {
    ...options,
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    types: [],
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  });
  return ts.getPreEmitDiagnostics(compiled).map(({ file, messageText }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

test('types need no types of Node, by either way of resolution', () => {
  if (!existsSync(join(root, 'dist/src/index.d.ts'))) return;
  const folder = scratchFolder();
  try {
    for (const path of ['package.json', ...paths.filter((each) => each.endsWith('.d.ts'))]) {
      const target = join(folder, 'node_modules', manifest.name, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, readFileSync(join(root, path)));
    }
    for (const name of Object.keys(manifest.dependencies))
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    writeFileSync(
      join(folder, 'use.ts'),
      `import { calibrate, type ImageSource, loadCaffe, quantize, verify } from '${manifest.name}';
import '${manifest.name}/worker';
import { loadTensorFlow } from '${manifest.name}/browser';
export const use = (source: ImageSource): unknown[] => [calibrate, loadCaffe, quantize, verify, loadTensorFlow, source];
`,
    );
    const nodeNext = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    for (const options of [nodeNext, bundler]) assert.equal(typeErrors(folder, options), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
