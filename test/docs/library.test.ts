import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { blocksOf, workingCopy } from './documented.js';

const copy = workingCopy();
for (const name of ['deploy.prototxt', 'model.caffemodel', 'calibration'])
  symlinkSync(join(root, 'examples/cifar10', name), join(copy, name));

/** The blocks of the page as one program. */
const program = blocksOf(readFileSync(join(root, 'docs/library.md'), 'utf8'), 'ts').join('\n');

test('the program of docs/library.md has no type errors', () => {
  const file = join(copy, 'program.ts');
  writeFileSync(file, program);
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const compiled = ts.createProgram([file], {
    ...options,
    noEmit: true,
    noUnusedLocals: false,
    rootDir: '/',
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { 'xfdnn-quantizer': [join(root, 'src/index.ts')] },
  });
  const source = compiled.getSourceFile(file);
  assert.equal(
    [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    ),
    [],
  );
});

test('the program of docs/library.md runs', () => {
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(join(copy, 'program.mjs'), outputText);
  const { FORCE_COLOR: _color, ...others } = process.env;
  const plain = { ...others, NO_COLOR: '1' };
  const options = { cwd: copy, encoding: 'utf8', env: plain } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], options);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^3 of 3 images$/m);
  assert.match(stdout, /^AbortError$/m);
  assert.match(stdout, /^Int8Array \{ kind: 'codes', grid: \{ threshold: 4, bits: 8 \} \}$/m);
});

test.run();
