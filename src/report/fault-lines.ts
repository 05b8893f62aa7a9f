import { type Fault, isFault } from '../scaling-file/fault.js';
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

/** Lines that a text names faults with. */
const FIRST = 3;

/** The first faults, one line for each entry and key, and a line with the number of the others. */
export function firstFaults(faults: readonly Fault[], file: string): string[] {
  const lines = faultLines(faults.filter(isFault), file);
  const more = lines.length - FIRST;
  return more <= 0 ? lines : [...lines.slice(0, FIRST), `and ${counted(more, 'more fault')}`];
}

/** A warning where codes are computed with a scaling file that has faults: its first, and how many there are. None else. */
export function faultedFile(faults: readonly Fault[], file: string): string[] {
  const found = faults.filter(isFault);
  const [first] = faultLines(found, file);
  if (first === undefined) return [];
  return [
    `warning: codes are computed with a scaling file that has ${counted(found.length, 'fault')}, as it is. ${found.length === 1 ? 'It is' : 'The first'}: ${first} xfdnn check lists all of them.`,
  ];
}
