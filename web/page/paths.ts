/** The part of a path before its last `/`. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** What tells some paths apart: their last parts, or where two have the same one the paths without the folder that all are in. */
export function namesOf(paths: readonly string[]): string[] {
  const names = paths.map(nameOf);
  if (new Set(names).size === names.length) return names;
  const folder = commonFolder(paths);
  return paths.map((path) => (folder === '' ? path : path.slice(folder.length + 1)));
}

/** The folder that all of some paths are in. */
export function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths.map(folderOf);
  return others.reduce((common, folder) => {
    let shared = common;
    while (shared !== '' && folder !== shared && !folder.startsWith(`${shared}/`)) shared = folderOf(shared);
    return shared;
  }, first);
}

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
