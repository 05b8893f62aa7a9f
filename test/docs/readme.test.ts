import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { blocksOf, documentedCommands, runsAsDocumented, workingCopy } from './documented.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

const copy = workingCopy();
// The names of the first lines, which are about the reader's own network.
for (const [name, target] of [
  ['deploy.prototxt', 'deploy.prototxt'],
  ['net.caffemodel', 'model.caffemodel'],
  ['images', 'calibration'],
  ['test', 'calibration'],
] as const)
  symlinkSync(join(root, 'examples/cifar10', target), join(copy, name));

/** The exit code that the README's text states: 3 for the comparison of two overlays, else 0. */
const exitCode = (command: string): number => (/xfdnn\.js compare /.test(command) ? 3 : 0);

for (const documented of documentedCommands(readme))
  test(`README: ${documented.command}`, () => runsAsDocumented(copy, documented, exitCode(documented.command)));

/** The program of the README, on the example and one image of zeros. */
const program = (): string => {
  const [text, ...others] = blocksOf(readme, 'ts');
  assert.ok(text !== undefined && others.length === 0, 'expected one program');
  const inputs = '[/* network inputs, one per image */]';
  assert.ok(text.includes(inputs));
  return text.replace(inputs, '[new Float32Array(3072).fill(1)]');
};

test('the program of the README has no type errors', () => {
  const file = join(copy, 'program.ts');
  writeFileSync(file, program());
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
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

test('the program of the README makes a scaling file', () => {
  symlinkSync(join(root, 'examples/cifar10/model.caffemodel'), join(copy, 'model.caffemodel'));
  const { outputText } = ts.transpileModule(`${program()}\nconsole.log(text);\n`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(join(copy, 'program.mjs'), outputText);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: copy, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  assert.ok(JSON.parse(stdout).network.length > 0);
});

test.run();
