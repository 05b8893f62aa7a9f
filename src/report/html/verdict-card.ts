import type { Verdict } from '../../verification/verdict/verdict.js';
import type { Verification } from '../../verification/verification.js';
import type { NextCommand } from '../next-commands.js';
import { decibels, verdictLines } from '../verdict.js';
import { percent } from '../words.js';
import { html, type Markup } from './markup.js';

/** The figures of a verdict with their names. */
export function verdictFigures(
  verdict: Verdict,
  { agreement, accuracy }: Pick<Verification, 'agreement' | 'accuracy'>,
): (readonly [name: string, value: string])[] {
  const { images, kept, output, worst } = verdict;
  const figures: (readonly [name: string, value: string])[] = [['images', String(images)]];
  if (output !== null) figures.push([`at "${output.layer}"`, decibels(output.sqnr)]);
  if (kept !== null) figures.push(['keep their best class', `${kept} of ${images}`]);
  if (agreement?.top5 != null) figures.push(['best class among the five best', percent(agreement.top5)]);
  if (accuracy !== null) {
    figures.push(['accuracy in float', percent(accuracy.float.top1)]);
    figures.push(['accuracy on the overlay', percent(accuracy.fixed.top1)]);
  }
  if (worst !== null)
    figures.push([`worst layer${worst.alone ? ' alone' : ''}: "${worst.layer}"`, decibels(worst.sqnr)]);
  return figures;
}

/** The verdict with its figures, where the network falls, why, and what to try. */
export function verdictCard(
  verdict: Verdict,
  verification: Pick<Verification, 'agreement' | 'accuracy'>,
  commands: readonly NextCommand[],
): Markup {
  const { grade } = verdict;
  const figures = verdictFigures(verdict, verification);
  const [, ...advice] = verdictLines(verdict, commands);
  const lines = advice.map((line) => line.split(/: (?=xfdnn )/));
  return html`<div class="card ${grade}"><p class="grade">${grade}</p>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${lines.map(([text, command]) => (command === undefined ? html`<p>${unbroken(text ?? '')}</p>` : html`<p>${unbroken(text ?? '')}:<br><code>${unbroken(command)}</code></p>`))}</div>`;
}

/** A text whose flags are not broken behind their hyphens. */
function unbroken(text: string): Markup[] {
  return text
    .split(/(--\w+)/)
    .map((part) => (part.startsWith('--') ? html`<span class="flag">${part}</span>` : html`${part}`));
}
