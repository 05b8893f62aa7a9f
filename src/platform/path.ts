/** `folder/name`, with one separator between them; `name` alone when `folder` is empty. */
export function joinPath(folder: string, name: string): string {
  if (folder === '') return name;
  return /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}

/** A path without empty parts, `.`, and `..` after a folder: `./a//b/../c` -> `a/c`; empty for the folder that paths start from. */
export function plainPath(path: string): string {
  const root = path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (root === '') parts.push(part);
  }
  return root + parts.join('/');
}

/** The last part of a path, after its last `/` (or `\`, on Windows). */
export function baseName(path: string): string {
  return path.slice(separatorEnd(path));
}

/** The path with the ending of its last part replaced: `a.b/net.prototxt` -> `a.b/net.json`; appended where there is none. */
export function replaceExtension(path: string, extension: string): string {
  const dot = path.lastIndexOf('.');
  return (dot > separatorEnd(path) ? path.slice(0, dot) : path) + extension;
}

/** The index of the first character of the last part of a path. */
function separatorEnd(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
}

/**
 * Compares two names by the bytes of their UTF-8 form, which is the order of their code points. (JavaScript's own
 * order is that of UTF-16 units and differs above U+FFFF.)
 */
export function compareNames(a: string, b: string): number {
  const left = Array.from(a, codePoint);
  const right = Array.from(b, codePoint);
  for (const [index, point] of left.entries()) {
    const difference = point - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? -1;
}
