import type { Fault } from '../scaling-file/fault.js';
import { placeOf } from '../scaling-file/parse.js';
import { visibleText } from './visible-text.js';
import { counted } from './words.js';

/** One line per entry and key: the first channel's finding and the number of other channels. Faults before warnings. */
export function faultLines(faults: readonly Fault[], file: string): string[] {
  const groups = new Map<string, { first: Fault; more: number }>();
  for (const fault of faults) {
    const id = JSON.stringify([
      fault.severity,
      fault.entry,
      fault.key,
      fault.channel === undefined ? groups.size : 'channels',
    ]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { first: fault, more: 0 });
    else group.more++;
  }
  const all = [...groups.values()];
  const ordered = [
    ...all.filter(({ first }) => first.severity === 'fault'),
    ...all.filter(({ first }) => first.severity === 'warning'),
  ];
  return visibleText(ordered).map(
    ({ first, more }) =>
      `${first.severity === 'fault' ? '' : 'warning: '}${visibleText(file)}: entry "${first.entry}": ${lineOf(first)}${more === 0 ? '' : ` (and ${counted(more, 'more channel')})`}`,
  );
}

/** Key and message of a finding; the key is the subject of a message that begins with a verb. */
function lineOf(fault: Fault): string {
  return `${placeOf(fault)}${/^(is|holds) /.test(fault.message) ? '' : ':'} ${fault.message}`;
}
