import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

/** A command of a page, and the lines of its output that the page shows below it. */
export interface DocumentedCommand {
  readonly command: string;
  readonly shown: readonly string[];
}

/** The texts of a page's fenced blocks of one language. */
export function blocksOf(page: string, language: string): string[] {
  return fences(page).flatMap((block) => (block.language === language ? [block.text] : []));
}

/**
 * The commands of a page's `sh` blocks, one for each line and each `&&`; a line that ends with \ goes on. A `text` block
 * right behind an `sh` block is output of the last command; `...` stands there for lines that are left out.
 */
export function documentedCommands(page: string): DocumentedCommand[] {
  const found = fences(page);
  return found.flatMap(({ language, text }, index) => {
    if (language !== 'sh') return [];
    const next = found[index + 1];
    const shown = next?.language === 'text' ? next.text.split('\n').filter((line) => !/^(\.\.\.)?$/.test(line)) : [];
    const commands = commandsOf(text);
    return commands.map((command, at) => ({ command, shown: at === commands.length - 1 ? shown : [] }));
  });
}

/** A copy of the repository to write in: the built package and the example, linked. */
export function workingCopy(): string {
  const copy = scratchFolder();
  mkdirSync(join(copy, 'dist'));
  for (const name of ['bin', 'examples', 'node_modules', 'package.json', 'dist/src', 'dist/bundle'])
    symlinkSync(join(root, name), join(copy, name));
  return copy;
}

/** Runs a command of a page in a folder, with the built package in place of the registry's; asserts its exit code, and that it prints what the page shows. */
export function runsAsDocumented(folder: string, { command, shown }: DocumentedCommand, expected: number): void {
  const local = command.replace(/^npx xfdnn-quantizer /, 'node bin/xfdnn.js ');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', local], { cwd: folder, encoding: 'utf8' });
  const output = `${stderr}\n${stdout}`;
  assert.is(status, expected, output);
  assert.is(missingLine(shown, output), undefined, output);
}

/** Asserts that a program of a page, in a folder, has no type errors against the sources. */
export function hasNoTypeErrors(folder: string, program: string): void {
  const file = join(folder, 'program.ts');
  writeFileSync(file, program);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const compiled = ts.createProgram([file], {
    ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
    noEmit: true,
    noUnusedLocals: false,
    rootDir: '/',
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { 'xfdnn-quantizer': [join(root, 'src/index.ts')] },
  });
  const source = compiled.getSourceFile(file);
  const found = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)];
  assert.equal(
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    [],
  );
}

/** Runs a program of a page with the built package in a folder; its output without colours. Asserts that it ends well. */
export function outputOfProgram(folder: string, program: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  writeFileSync(join(folder, 'program.mjs'), ts.transpileModule(program, { compilerOptions }).outputText);
  const { FORCE_COLOR: _color, ...others } = process.env;
  const options = { cwd: folder, encoding: 'utf8', env: { ...others, NO_COLOR: '1' } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], options);
  assert.is(status, 0, stderr);
  return stdout;
}

/** The first shown line that the output lacks behind the ones before it; undefined where it has all of them. */
function missingLine(shown: readonly string[], output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trimEnd());
  let from = 0;
  return shown.find((line) => {
    const at = lines.indexOf(line.trimEnd(), from);
    from = at + 1;
    return at < 0;
  });
}

function fences(page: string): { language: string; text: string }[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** The packages are installed where the tests run, and this is one of the tests. */
const isRun = (command: string): boolean => !/^npm (ci|test)$/.test(command);

function commandsOf(block: string): string[] {
  return block
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/)
    .map((command) => command.trim())
    .filter((command) => command !== '' && isRun(command));
}
