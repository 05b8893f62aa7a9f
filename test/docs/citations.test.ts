import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';

/** A heading of a Markdown file: `### 4.7 Pooling` has depth 3, number `4.7` and title `Pooling`. */
interface Heading {
  readonly depth: number;
  readonly number: string;
  readonly title: string;
}

const folders = ['src', 'assembly', 'test', 'bench', 'docs'];
/** Pages that `npm run docs` makes, and code that the build makes, cite nothing of their own. */
const isWritten = (path: string): boolean => !/(^|\/)(node_modules|generated|docs\/api)\//.test(path);

/** Every file that may cite a document, relative to the root. */
function citingFiles(): string[] {
  const filesIn = (folder: string): string[] => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const paths = folders.flatMap((folder) => filesIn(folder).map((path) => join(folder, path).replaceAll('\\', '/')));
  const documents = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...documents, ...paths.filter((path) => /\.(ts|js|mjs|md)$/.test(path) && isWritten(path))].sort();
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function headingsOf(markdown: string): Heading[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  const lines = prose.matchAll(/^(#+) (?:(\d+(?:\.\d+)*)\.? )?(.+)$/gm);
  return Array.from(lines, ([, marks = '', number = '', title = '']) => ({ depth: marks.length, number, title }));
}

/** A section's own heading and those below it; none where the file has no such section. */
function sectionOf(headings: readonly Heading[], number: string): Heading[] {
  const start = headings.findIndex((heading) => heading.number === number);
  if (start < 0) return [];
  const after = headings.slice(start + 1);
  const end = after.findIndex(({ depth }) => depth <= (headings[start]?.depth ?? 0));
  return headings.slice(start, end < 0 ? undefined : start + 1 + end);
}

/** Whether a heading is called so: it begins with the quoted words, or is the name, or has it in backticks. */
function isCalled({ title }: Heading, target: string): boolean {
  const words = /^"(.+)"$/.exec(target)?.[1]?.toLowerCase();
  if (words !== undefined) return title.toLowerCase().startsWith(words) && !/^\w/.test(title.slice(words.length));
  const name = target.replaceAll('`', '');
  return title === name || title.includes(`\`${name}\``);
}

const NUMBER = String.raw`\d+(?:\.\d+)*`;
const SECTIONS = `sections? ${NUMBER}(?:(?:,| and| to) ${NUMBER})*`;
/** Sections, a quoted heading, or the name of a function: in backticks, or bare where it has a capital inside. */
const TARGET = `${SECTIONS}|"[^"]+"|\`\\w+\`|[a-z]+[A-Z]\\w*`;
const PATH = String.raw`(?:[\w.-]+/)*[\w-]+\.md`;
/** A Markdown file, and after a comma what of it is meant: `docs/spec/quantizer.md, section 4, "Pooling"`. */
const CITATION = new RegExp(`(${PATH})\`?((?:, (?:${TARGET})(?: and (?:${TARGET}))*)*)`, 'g');
/** Documents that must be there even where nothing of them is named. */
const DOCUMENT = /^(docs\/.*|(README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md)$/;

/** Names of the documents that the specification was written from. They are not in the repository. */
const OUTSIDE = /\b(QUANTIZER|OVERLAY|DESIGN)\.md\b/;

/** What a text cites: the document as it is spelled, and sections, quoted headings and names of functions. */
function citationsIn(text: string): { document: string; targets: string[] }[] {
  const joined = text.replace(/\r?\n[ \t]*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ');
  const targetsIn = (rest: string): string[] => rest.match(new RegExp(TARGET, 'g')) ?? [];
  const mentions = Array.from(joined.matchAll(CITATION), ([, document = '', rest = '']) => ({ document, rest }));
  return mentions
    .filter(({ document, rest }) => DOCUMENT.test(document) || (rest !== '' && !OUTSIDE.test(document)))
    .map(({ document, rest }) => ({ document, targets: targetsIn(rest) }));
}

/** The numbers of a target that names sections: 3 and 4 of `sections 3 and 4`. */
function sectionsIn(target: string): string[] {
  return /^sections? \d/.test(target) ? (target.match(new RegExp(NUMBER, 'g')) ?? []) : [];
}

/** The citations of a file that lead nowhere. A document's path starts at the root, or beside the file. */
function citationFaults(file: string, text: string): string[] {
  return citationsIn(text).flatMap(({ document, targets }) => {
    const path = [document, join(dirname(file), document)].find((one) => existsSync(join(root, one)));
    if (path === undefined) return [`${file}: there is no ${document}`];
    const headings = headingsOf(read(path));
    let scope = headings;
    return targets.flatMap((target) => {
      const sections = sectionsIn(target).map((number) => sectionOf(headings, number));
      if (sections.length > 0) scope = sections.flat();
      const areThere = sections.every(({ length }) => length > 0);
      const isThere = sections.length > 0 ? areThere : scope.some((one) => isCalled(one, target));
      return isThere ? [] : [`${file}: ${path} has no ${target}`];
    });
  });
}

/** A heading's anchor as code hosts make it. */
function anchorOf({ number, title }: Heading): string {
  return `${number} ${title}`
    .trim()
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** The relative links of a Markdown file that lead nowhere. */
function linkFaults(file: string, text: string): string[] {
  const links = Array.from(text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g));
  return links.flatMap(([link, target = '', anchor]) => {
    const path = target === '' ? file : join(dirname(file), target);
    if (!existsSync(join(root, path))) return [`${file}: ${link} leads to no file`];
    const isThere = anchor === undefined || headingsOf(read(path)).some((heading) => anchorOf(heading) === anchor);
    return isThere ? [] : [`${file}: ${link} leads to no heading`];
  });
}

test('every citation names a file that exists and a section or heading of it', () => {
  assert.equal(
    citingFiles().flatMap((file) => citationFaults(file, read(file))),
    [],
  );
});

test('every relative link of a Markdown file leads to a file and a heading', () => {
  const documents = citingFiles().filter((file) => file.endsWith('.md'));
  assert.equal(
    documents.flatMap((file) => linkFaults(file, read(file))),
    [],
  );
});

test('the specification is cited where it stands in the repository', () => {
  assert.equal(
    citingFiles().filter((file) => OUTSIDE.test(read(file))),
    [],
  );
  const sources = citingFiles().filter((file) => file.startsWith('src/'));
  const citations = sources.flatMap((file) => citationsIn(read(file)));
  assert.ok(citations.filter(({ document }) => document.startsWith('docs/spec/')).length > 30);
});

test('what leads nowhere is found', () => {
  const quantizer = 'docs/spec/quantizer' + '.md';
  const overlay = 'docs/spec/overlay' + '.md';
  const faults = (text: string): string[] => citationFaults('src/made-up.ts', text);
  const right = [
    `(${quantizer}, section 4, "Eltwise\n * SUM")`,
    `\`${quantizer}\`, section 4.`,
    `${quantizer}, sections 3 and 4, as`,
    `${quantizer}, section 4, \`fq\`.`,
    `${quantizer}, section 4.10, "Concat"`,
    `${overlay}, interLayerV2 and interLayerV3 with bias`,
    `${overlay}, "leaky ReLU"`,
    `${overlay} and its forms`,
    `${overlay}, "Layers on\n// the overlay".`,
  ];
  assert.equal(right.flatMap(faults), []);
  assert.equal(right.flatMap(citationsIn).length, right.length);
  const wrong = [
    `${quantizer}, section 99`,
    `${quantizer}, sections 3 and 99`,
    `${quantizer}, section 3, "Pooling"`,
    `${quantizer}, section 4, "Pool"`,
    `${quantizer}, section 3, \`fq\``,
    `${overlay}, interLayerV9`,
    `${overlay}, interLayerV2 and interLayerV9`,
    `${overlay}, "Layers under\n * the overlay"`,
    'docs/spec/nowhere' + '.md',
  ];
  assert.equal(
    wrong.filter((text) => faults(text).length !== 1),
    [],
  );
});

test('links that lead nowhere are found', () => {
  const links = '[a](overlay.md#interlayerv2) [b](overlay.md#nowhere) [c](nowhere) [d](https://example.org/x)';
  assert.equal(linkFaults('docs/spec/overlay' + '.md', links).length, 2);
});

test.run();
