import { fail } from '../error.js';
import { joinPath, listFiles, listFolders, readFile, stat } from '../platform/index.js';
import { FIXED } from './board-files.js';
import { KIT_FORMAT } from './kit-files.js';

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
  try {
    return JSON.parse(new TextDecoder().decode(await readFile(path))).format === KIT_FORMAT;
  } catch {
    // A file that is no JSON is no description of a kit.
    return false;
  }
}
