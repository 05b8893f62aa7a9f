import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string, text = readme): string[] =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text]) => (name === language ? [text!] : []));

/** A copy of the repository to write in: the built package and the example, linked. */
const copy = scratchFolder();
mkdirSync(join(copy, 'dist'));
for (const name of ['bin', 'examples', 'node_modules', 'package.json', 'dist/src', 'dist/bundle'])
  symlinkSync(join(root, name), join(copy, name));

/** Whether a command is run here: the packages are installed already, and this is one of the tests. */
const isRun = (command: string): boolean => !/^npm (ci|test)$/.test(command);

/** The commands of a block, one for each line and each `&&`; a line that ends with \ goes on. */
const commandsOf = (block: string): string[] =>
  block
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/)
    .map((command) => command.trim())
    .filter((command) => command !== '' && isRun(command));

/** The exit code that the README's text states: 3 for the comparison of two overlays, else 0. */
const exitCode = (command: string): number => (/xfdnn\.js compare /.test(command) ? 3 : 0);

for (const command of blocks('sh').flatMap(commandsOf)) {
  test(`README: ${command}`, () => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: copy, encoding: 'utf8' });
    assert.is(status, exitCode(command), `${stdout}\n${stderr}`);
  });
}

/** The pages for users. `docs/operators.md` and `docs/robustness.md`, for those who work on the project, name its own checks. */
const pages = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md') && !/^(operators|kernels|robustness)/.test(name))
  .sort();

for (const page of pages) {
  for (const command of blocks('sh', readFileSync(join(root, 'docs', page), 'utf8')).flatMap(commandsOf)) {
    test(`docs/${page}: ${command}`, () => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: copy, encoding: 'utf8' });
      const stated = Number(/# exit code (\d)$/.exec(command)?.[1] ?? 0);
      assert.is(status, stated, `${stdout}\n${stderr}`);
    });
  }
}

/** The program of the README, on the example and one image of zeros. */
const program = (): string => {
  const [text, ...others] = blocks('ts');
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
  for (const name of ['deploy.prototxt', 'model.caffemodel'])
    copyFileSync(join(root, 'examples/cifar10', name), join(copy, name));
  const { outputText } = ts.transpileModule(`${program()}\nconsole.log(text);\n`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(join(copy, 'program.mjs'), outputText);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: copy, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  assert.ok(JSON.parse(stdout).network.length > 0);
});

test.run();
