import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './support.js';

/** The layers, lowest first. A file imports from its own layer and from lines above; two layers of one line do not know each other. */
const order = [
  ['error'],
  ['append-to'],
  ['nearest'],
  ['platform'],
  ['math'],
  ['tensor'],
  ['limits'],
  ['fixed'],
  ['scaling'],
  ['formats'],
  ['graph'],
  ['kernels'],
  ['ops'],
  ['analysis'],
  ['overlay'],
  ['caffe', 'tensorflow'],
  ['optimise'],
  ['runtime'],
  ['images'],
  ['calibration'],
  ['placement'],
  ['scaling-file'],
  ['emulator'],
  ['board'],
  ['verification'],
  ['report'],
  ['jobs'],
  ['index', 'worker', 'cli'],
];

/** Whatever else a layer may import, and why. */
const packages: Readonly<Record<string, readonly string[]>> = {
  formats: ['protobufjs/light.js', 'protobufjs'],
  caffe: ['protobufjs', 'seedrandom'],
  images: ['seedrandom', 'jpeg-js'],
  report: ['d3-array', 'd3-scale', 'd3-shape'],
  cli: ['commander'],
};

const source = join(root, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const parsed = files.map((file) => ({
  file,
  tree: ts.createSourceFile(file, readFileSync(join(source, file), 'utf8'), ts.ScriptTarget.Latest, true),
}));

const layerOf = (file: string): string => file.replace(/\.ts$/, '').split('/')[0]!;
const lineOf = (layer: string): number => order.findIndex((layers) => layers.includes(layer));

/** What a file imports, types too. */
function importsOf(tree: ts.SourceFile): string[] {
  return ts.preProcessFile(tree.text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** Every node of the tree that `wrong` says something about, as `file:line: what`. */
function findings(wrong: (node: ts.Node) => string | undefined, where: (file: string) => boolean): string[] {
  const result: string[] = [];
  for (const { file, tree } of parsed.filter((each) => where(each.file))) {
    const visit = (node: ts.Node): void => {
      const what = wrong(node);
      if (what !== undefined)
        result.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`);
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return result;
}

test('every file is in a layer, and every layer has files', () => {
  assert.equal(
    files.filter((file) => lineOf(layerOf(file)) < 0),
    [],
  );
  assert.equal(
    order.flat().filter((layer) => !files.some((file) => layerOf(file) === layer)),
    [],
  );
});

test('imports only point to the same layer or to layers below', () => {
  const wrong: string[] = [];
  for (const { file, tree } of parsed) {
    for (const name of importsOf(tree).filter((each) => each.startsWith('.'))) {
      const target = relative(source, join(source, dirname(file), name.replace(/\.js$/, '.ts'))).replaceAll('\\', '/');
      assert.ok(existsSync(join(source, target)), `${file} imports ${name}`);
      const [from, to] = [layerOf(file), layerOf(target)];
      if (from !== to && !(lineOf(to) < lineOf(from))) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.equal(wrong, []);
});

test('packages are imported by the layers that need them', () => {
  const wrong = parsed.flatMap(({ file, tree }) =>
    importsOf(tree)
      .filter(
        (name) => !name.startsWith('.') && !name.startsWith('node:') && !(packages[layerOf(file)] ?? []).includes(name),
      )
      .map((name) => `${file} imports ${name}`),
  );
  assert.equal(wrong, []);
});

test('the globals and modules of Node are used in src/platform only', () => {
  const globals = new Set([
    'process',
    'Buffer',
    'require',
    '__dirname',
    '__filename',
    'global',
    'setImmediate',
    'clearImmediate',
  ]);
  const isName = (node: ts.Identifier): boolean => {
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
    return (
      ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)
    );
  };
  const wrong = findings(
    (node) => {
      if (ts.isIdentifier(node) && globals.has(node.text) && !isName(node)) return node.text;
      if (ts.isStringLiteralLike(node) && /^node:/.test(node.text)) return node.text;
      if (ts.isQualifiedName(node) && node.getText().startsWith('NodeJS.')) return node.getText();
      return undefined;
    },
    (file) => layerOf(file) !== 'platform',
  );
  assert.equal(wrong, []);
});

test('what engines round differently is computed by src/math.ts only', () => {
  const exact = new Set([
    'abs',
    'ceil',
    'clz32',
    'floor',
    'fround',
    'imul',
    'max',
    'min',
    'round',
    'sign',
    'sqrt',
    'trunc',
    'PI',
    'LN2',
    'LOG2E',
    'SQRT2',
    'SQRT1_2',
  ]);
  const isPowerOfTwo = (node: ts.Expression): boolean =>
    ts.isNumericLiteral(node) && [2, 4, 16, 256, 1024, 65536].includes(Number(node.text));
  // A square of whole numbers is exact whichever way an engine takes it.
  const isSquare = (node: ts.BinaryExpression): boolean => ts.isNumericLiteral(node.right) && node.right.text === '2';
  const wrong = findings(
    (node) => {
      if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && !exact.has(node.name.text))
        return node.getText();
      if (ts.isElementAccessExpression(node) && node.expression.getText() === 'Math') return node.getText();
      if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
        !isPowerOfTwo(node.left) &&
        !isSquare(node)
      )
        return node.getText();
      return undefined;
    },
    (file) => file !== 'math.ts',
  );
  assert.equal(wrong, []);
});

test.run();
