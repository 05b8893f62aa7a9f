import { fail } from '../error.js';
import { compareNames, joinPath, listFiles, listFolders } from '../platform/index.js';

/**
 * Names of the files of a folder of images, sorted in the byte order of UTF-8. `recursive`: also those of its
 * sub-folders, with the folder before them (`cat/1.jpg`). Throws `file` for a folder that is missing or has no files.
 */
export async function listImages(folder: string, recursive = false): Promise<string[]> {
  const files = recursive ? await allFiles(folder) : await listFiles(folder);
  if (files.length > 0) return files;
  const folders = recursive ? [] : await listFolders(folder);
  if (folders.length === 0)
    fail('file', folder, 'expected images or .npy arrays, got an empty folder.', 'Pass the folder that holds them.');
  return fail(
    'file',
    folder,
    `expected images or .npy arrays, got no file but ${folders.length} ${folders.length === 1 ? 'folder' : 'folders'}.`,
    'Pass --recursive to take the files of its sub-folders.',
  );
}

async function allFiles(folder: string): Promise<string[]> {
  const names = await listFiles(folder);
  for (const inner of await listFolders(folder))
    names.push(...(await allFiles(joinPath(folder, inner))).map((name) => `${inner}/${name}`));
  return names.sort(compareNames);
}
