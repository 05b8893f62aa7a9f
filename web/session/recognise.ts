import { identify } from '../../src/formats/sniff.js';
import { contentKind } from '../../src/images/content-kind.js';
import { parseLabel } from '../../src/jobs/labels.js';
import { readStart } from '../../src/platform/index.js';
import { problemOf } from './problem.js';

/** What a file is for. */
export type Role = 'network' | 'weights' | 'graph' | 'image' | 'labels' | 'junk' | { readonly refused: string };

/** Bytes that tell what a file is. */
const HEAD = 4096;

const TAKES =
  'The lab takes a deploy prototxt with its caffemodel, or a frozen TensorFlow graph (.pb), PNG or JPEG images, and labels: a text file with a line “file class” for each image, where the class is a whole number from 0.';

/** What each of some mounted files is for, by path: their content decides, and the ending of a name where it cannot. */
export async function recognise(paths: readonly string[]): Promise<Record<string, Role>> {
  const roles: Record<string, Role> = {};
  for (const path of paths) roles[path] = await roleOf(path);
  return roles;
}

async function roleOf(path: string): Promise<Role> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(\.|(eh)?thumbs\.db$|desktop\.ini$)/i.test(name)) return 'junk';
  const head = await readStart(path, HEAD);
  const kind = contentKind(head);
  if (kind === 'png' || kind === 'jpeg' || kind === 'npy') return 'image';
  if (typeof kind === 'object' && / image( |$)/.test(kind.other)) return refuse(name, kind.other);
  // What is named as a model or weights and is none, the library refuses with a better hint.
  if (/\.caffemodel$/i.test(name)) return 'weights';
  if (/\.pb$/i.test(name)) return 'graph';
  const found = identify(head);
  if (found?.kind === 'graph-def') return 'graph';
  if (found?.kind === 'text') return textRole(name, head);
  return refuse(name, found?.name ?? 'a file of an unknown kind');
}

function textRole(name: string, head: Uint8Array): Role {
  if (/\.pbtxt$/i.test(name)) return 'graph';
  const isNetwork = /\.prototxt$/i.test(name) || /^\s*(layers?\s*\{|input(_shape|_dim)?\s*[:{])/m.test(textOf(head));
  if (isNetwork) return 'network';
  return labelsRole(name, head) ?? refuse(name, 'a text file');
}

/** Labels, where most lines are `file class` or name an image. The first line that is none is named. */
function labelsRole(name: string, head: Uint8Array): Role | undefined {
  const lines = textOf(head).split(/\r?\n/);
  // The last line may be cut off.
  const whole = head.length < HEAD ? lines : lines.slice(0, -1);
  const filled = whole.filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const isMost = (pattern: RegExp): boolean => 2 * filled.filter((line) => pattern.test(line)).length > filled.length;
  if (!isMost(/^.*[^\s:=]\s+\d+\s*$/) && !isMost(/^[^\s"'(){}<>=]+\.(png|jpe?g|npy)\b/i)) return undefined;
  try {
    for (const [index, line] of whole.entries()) parseLabel(line, `${name}:${index + 1}`);
    return 'labels';
  } catch (error) {
    return { refused: problemOf(error).text };
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const refuse = (name: string, kind: string): Role => ({ refused: `${name} is ${kind}. ${TAKES}` });
