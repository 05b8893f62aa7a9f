import type { XfdnnError } from '../error.js';
import { annotationProperty, annotationText, markdownText, xmlText } from './escape.js';

/** The forms of the summary of a verification. */
export const SUMMARY_FORMS = ['markdown', 'junit', 'github'] as const;

/** A form of the summary of a verification: a table for a comment or a page, test cases, or annotations. */
export type SummaryForm = (typeof SUMMARY_FORMS)[number];

/** A case of a test suite. */
export interface TestCase {
  readonly name: string;
  /** Why it failed. */
  readonly failure?: string | undefined;
  /** Lines about the failure. */
  readonly details?: readonly string[];
  /** Why it could not be run. */
  readonly error?: string | undefined;
}

/** A test suite in JUnit's form. `file`: the scaling file; `end`: what the whole says. */
export function junitText(file: string, cases: readonly TestCase[], end?: string): string {
  const count = (key: 'failure' | 'error'): number => cases.filter((each) => each[key] !== undefined).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="xfdnn verify ${xmlText(file)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}">`,
    ...cases.map((each) => testCase(file, each)),
    ...(end === undefined ? [] : [`  <system-out>${xmlText(end)}</system-out>`]),
    '</testsuite>',
    '',
  ].join('\n');
}

function testCase(file: string, { name, failure, details = [], error }: TestCase): string {
  const head = `  <testcase classname="${xmlText(file)}" name="${xmlText(name)}"`;
  if (error !== undefined) return `${head}><error message="${xmlText(error)}"/></testcase>`;
  if (failure === undefined) return `${head}/>`;
  const body = details.map(xmlText).join('\n');
  const element = body === '' ? '/>' : `>${body}</failure>`;
  return `${head}><failure message="${xmlText(failure)}"${element}</testcase>`;
}

/** A workflow command of GitHub about a file. */
export function annotation(level: 'error' | 'warning' | 'notice', file: string, text: string): string {
  return `::${level} file=${annotationProperty(file)},title=xfdnn verify::${annotationText(text)}\n`;
}

/** A table of cells that are escaped already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** What a verification that ended with an error says in each form: a job that reads it sees why there are no figures. */
export function failureSummary(form: SummaryForm, { message }: Pick<XfdnnError, 'message'>, file: string): string {
  switch (form) {
    case 'markdown':
      return `### xfdnn verify: error\n\n${markdownText(message)}\n`;
    case 'junit':
      return junitText(file, [{ name: 'the verification runs', error: message }]);
    case 'github':
      return annotation('error', file, message);
  }
}
