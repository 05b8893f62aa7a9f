import { fail } from '../error.js';
import { joinPath, listFiles, listFolders, readFile, removeFile, stat } from '../platform/index.js';
import { FIXED } from './board-files.js';
import { KIT_FORMAT } from './kit-description.js';

/**
 * Throws `usage` where a kit would be mixed with files that are not of one: a folder that holds something, and no description of
 * a kit. Hidden files do not count. `force`: whether it is written all the same.
 */
export async function expectKitFolder(folder: string, force: boolean | undefined): Promise<void> {
  if (force === true || (await stat(folder)).kind !== 'folder') return;
  const names = [...(await listFiles(folder)), ...(await listFolders(folder))].filter((name) => !name.startsWith('.'));
  const [first] = names;
  if (first === undefined || (names.includes(FIXED.description) && (await isKit(joinPath(folder, FIXED.description)))))
    return;
  fail(
    'usage',
    folder,
    `expected a new folder, an empty one or a former export, got one that holds ${names.length === 1 ? `"${first}"` : `"${first}" and ${names.length - 1} more`}.`,
    'Name another folder, or pass --force to write beside what it holds.',
  );
}

async function isKit(path: string): Promise<boolean> {
  return (await descriptionIn(path))?.format === KIT_FORMAT;
}

/** The description at a path; undefined for none, and for a file that is no JSON. */
async function descriptionIn(path: string): Promise<Partial<Record<'format' | 'files', unknown>> | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await readFile(path)));
  } catch {
    return undefined;
  }
}

/** A path that a kit can have: a file of the folder, or of one of its folders. */
const KIT_PATH = /^(?:[a-z]+\/)?(?!\.{1,2}$)[^/\\]+$/;

/** Removes what the former export into a folder wrote, as its description lists it, but for the paths of the next one. */
export async function removeFormerKit(folder: string, paths: readonly string[]): Promise<void> {
  const former = await descriptionIn(joinPath(folder, FIXED.description));
  if (former?.format !== KIT_FORMAT || !Array.isArray(former.files)) return;
  const kept = new Set(paths);
  for (const path of former.files)
    if (typeof path === 'string' && KIT_PATH.test(path) && !kept.has(path)) await removeFile(joinPath(folder, path));
}
