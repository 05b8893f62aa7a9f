import ts from 'typescript';

/** A source file with one place changed. */
export interface Mutant {
  /** From 1. */
  readonly line: number;
  /** The changed line, without the blanks around it. */
  readonly changed: string;
  readonly text: string;
}

/** What takes the place of an operator: its neighbour, which differs at the edge, and its opposite. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.LessThanToken, ['<=', '>=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['||']],
  [ts.SyntaxKind.BarBarToken, ['&&']],
  [ts.SyntaxKind.PlusToken, ['-']],
  [ts.SyntaxKind.MinusToken, ['+']],
  [ts.SyntaxKind.AsteriskToken, ['/']],
  [ts.SyntaxKind.SlashToken, ['*']],
  [ts.SyntaxKind.AsteriskAsteriskToken, ['*']],
  [ts.SyntaxKind.LessThanLessThanToken, ['>>']],
]);

interface Place {
  readonly start: number;
  readonly end: number;
  readonly texts: readonly string[];
}

/** Every source that differs from `text` by one numeric constant (one more, one less, the other sign) or one operator. */
export function mutantsOf(text: string): Mutant[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const places: Place[] = [];
  const visit = (node: ts.Node): void => {
    const texts = textsFor(node);
    if (texts.length > 0) places.push({ start: node.getStart(source), end: node.getEnd(), texts });
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return places.flatMap(({ start, end, texts }) => texts.map((to) => mutant(text, start, end, to)));
}

function textsFor(node: ts.Node): readonly string[] {
  if (ts.isLiteralTypeNode(node.parent ?? node)) return [];
  if (ts.isNumericLiteral(node)) return numbersFor(node);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) return [node.operand.getText()];
  return ts.isBinaryExpression(node.parent ?? node) && OPERATORS.has(node.kind) ? (OPERATORS.get(node.kind) ?? []) : [];
}

/** A key of an object becomes another key; its other forms would not parse. */
function numbersFor(node: ts.NumericLiteral): readonly string[] {
  const value = Number(node.text);
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return [`${value + 1}`];
  return [`${value + 1}`, `(${value - 1})`];
}

function mutant(text: string, start: number, end: number, to: string): Mutant {
  const changed = text.slice(0, start) + to + text.slice(end);
  const line = text.slice(0, start).split('\n').length;
  return { line, changed: (changed.split('\n')[line - 1] ?? '').trim(), text: changed };
}
