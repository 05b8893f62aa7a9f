import { join, relative } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from './support.js';

const source = join(root, 'src');
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram([join(source, 'index.ts')], { ...options, noEmit: true });
const checker = program.getTypeChecker();

const resolved = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The exports of a module and of the modules that it exports as namespaces. */
function exportsOf(module: ts.Symbol): ts.Symbol[] {
  return checker.getExportsOfModule(module).flatMap((each) => {
    const symbol = resolved(each);
    return symbol.flags & ts.SymbolFlags.ValueModule ? exportsOf(symbol) : [symbol];
  });
}

const declaredHere = ({ declarations = [] }: ts.Symbol): ts.Declaration[] =>
  declarations.filter((node) => node.getSourceFile().fileName.startsWith(source.replaceAll('\\', '/')));

const isHidden = (node: ts.Node): boolean =>
  (ts.isClassElement(node) || ts.isParameter(node)) &&
  (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;

/** The types of this package that the public part of a declaration names. */
function namedTypes(declaration: ts.Node): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    // Code is not public. A private parameter of a constructor is: its type is part of the call.
    if (ts.isBlock(node) || (isHidden(node) && !ts.isParameter(node))) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isTypeQueryNode(node)
          ? node.exprName
          : undefined;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol !== undefined) found.push(resolved(symbol));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found.filter(
    (symbol) => (symbol.flags & ts.SymbolFlags.TypeParameter) === 0 && declaredHere(symbol).length > 0,
  );
}

const module = checker.getSymbolAtLocation(program.getSourceFile(join(source, 'index.ts'))!)!;
const exported = new Set(exportsOf(module));

test('every type that can be reached from an export can be imported', () => {
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();
  const queue = [...exported];
  for (let symbol = queue.pop(); symbol !== undefined; symbol = queue.pop()) {
    if (seen.has(symbol)) continue;
    seen.add(symbol);
    for (const declaration of declaredHere(symbol)) {
      for (const type of namedTypes(declaration)) {
        if (!exported.has(type)) {
          const file = relative(source, type.declarations![0]!.getSourceFile().fileName);
          missing.add(`${type.name} of ${file}, named by ${symbol.name}`);
        }
        queue.push(type);
      }
    }
  }
  assert.equal([...missing].sort(), []);
});

test('exported functions declare their types, so that the walk above sees them all', () => {
  const inferred = [...exported].flatMap((symbol) =>
    declaredHere(symbol)
      .filter((node): node is ts.FunctionDeclaration => ts.isFunctionDeclaration(node) && node.type === undefined)
      .map(() => symbol.name),
  );
  assert.equal(inferred, []);
});

test('names of options are in camelCase, but for flags and for the keys of the scaling file', () => {
  const snake = [...exported].flatMap((symbol) =>
    declaredHere(symbol)
      .filter(ts.isInterfaceDeclaration)
      .filter(({ name }) => /Options$|Gates$|Hooks$/.test(name.text))
      .flatMap(({ name, members }) => members.map((member) => `${name.text}.${member.name?.getText()}`))
      .filter((name) => name.includes('_')),
  );
  assert.equal(snake, []);
});

test.run();
