import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import {
  baseName,
  compareNames,
  exists,
  joinPath,
  listFiles,
  listFolders,
  readFile,
  readStart,
  stat,
} from '../platform/index.js';
import { contentKind } from './content-kind.js';
import { globMatcher } from './glob.js';

/** The files of a place that images are taken from. */
export interface ImageList {
  /** The folder that the names are in; of absolute names none. */
  readonly folder: string;
  /** Sorted in the byte order of UTF-8; of a list file in its own order. */
  readonly names: readonly string[];
  /** Names of the files that are no images and are left out: texts, thumbnails' data bases, hidden files. */
  readonly leftOut: readonly string[];
}

/**
 * The images of a place: of a folder, with `recursive` also of its sub-folders (`cat/1.jpg`); of a text file (`.txt`,
 * `.lst`, `.list`) the paths that its lines name, from the file's folder on, each with or without a class behind it; or
 * those that match a pattern ({@link globMatcher}). A file that is named as an image counts as one whatever it
 * holds; one without such an ending by its content. Throws `file` for a place that is missing or has no images.
 */
export async function listImages(place: string, recursive = false): Promise<ImageList> {
  if (/[*?[]/.test(place) && !(await exists(place))) return matchingImages(place);
  if (/\.(txt|lst|list)$/i.test(place) && (await stat(place)).kind === 'file') return listedImages(place);
  const files = recursive ? await allFiles(place) : await listFiles(place);
  const list = await withoutJunk(place, files);
  if (list.names.length > 0) return list;
  const folders = recursive ? [] : await listFolders(place);
  if (folders.length === 0) return noImages(place, list.leftOut);
  return fail(
    'file',
    place,
    `expected images or .npy arrays, got no file but ${folders.length} ${folders.length === 1 ? 'folder' : 'folders'}${list.leftOut.length === 0 ? '' : ' and files that are none'}.`,
    'Pass --recursive to take the files of its sub-folders.',
  );
}

/** The path of a listed image. */
export function pathOfImage(folder: string, name: string): string {
  return isAbsolute(name) ? name : joinPath(folder, name);
}

const isAbsolute = (path: string): boolean => /^([/\\]|[a-z]:[/\\])/i.test(path);

function noImages(place: string, leftOut: readonly string[]): never {
  const got = leftOut.length === 0 ? 'an empty folder' : `only files that are none: ${leftOut.slice(0, 3).join(', ')}`;
  return fail('file', place, `expected images or .npy arrays, got ${got}.`, 'Pass the folder that holds them.');
}

async function allFiles(folder: string): Promise<string[]> {
  const names = await listFiles(folder);
  for (const inner of await listFolders(folder))
    names.push(...(await allFiles(joinPath(folder, inner))).map((name) => `${inner}/${name}`));
  return names.sort(compareNames);
}

async function withoutJunk(folder: string, files: readonly string[]): Promise<ImageList> {
  const junk = new Set<string>();
  for (const name of files) if (await isJunk(folder, name)) junk.add(name);
  return { folder, names: files.filter((name) => !junk.has(name)), leftOut: [...junk] };
}

const IMAGE_NAME = /\.(png|jpe?g|jpe|jfif|npy|bmp|gif|tiff?|webp|p[bgpn]m|heic|heif|avif|jp2|j2k|jxl)$/i;
const SYSTEM_NAME = /^(\.|(eh)?thumbs\.db$|desktop\.ini$)/i;

async function isJunk(folder: string, name: string): Promise<boolean> {
  if (SYSTEM_NAME.test(baseName(name))) return true;
  // A name with bytes that are not UTF-8 leads to no file; reading it as an image says so.
  if (IMAGE_NAME.test(name) || name.includes('\ufffd')) return false;
  const kind = contentKind(await readStart(joinPath(folder, name), 512));
  return typeof kind === 'object' && !/ image( |$)/.test(kind.other);
}

/** The images that a list file names. */
async function listedImages(file: string): Promise<ImageList> {
  const folder = file.slice(0, file.length - baseName(file).length).replace(/(?<=.)[/\\]$/, '');
  const lines = decodeText(await readFile(file), file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const names: string[] = [];
  for (const line of lines) {
    // The expression begins at the line's start alone, so that it takes linear time.
    const name = /^(.*\S)\s+-?\d+$/s.exec(line)?.[1] ?? line;
    names.push(name !== line && (await exists(pathOfImage(folder, line))) ? line : name);
  }
  if (names.length === 0) fail('file', file, 'expected the path of an image in each line, got no line.');
  return { folder, names, leftOut: [] };
}

/** The images that match a pattern. */
async function matchingImages(pattern: string): Promise<ImageList> {
  const fixed = /^[^*?[]*[/\\]/.exec(pattern)?.[0] ?? '';
  const rest = pattern.slice(fixed.length);
  const folder = fixed === '' ? '.' : fixed.replace(/(?<=.)[/\\]$/, '');
  const files = /[/\\]|\*\*/.test(rest) ? await allFiles(folder) : await listFiles(folder);
  const list = await withoutJunk(folder, files.filter(globMatcher(rest)));
  if (list.names.length === 0)
    fail(
      'file',
      pattern,
      'expected images that match the pattern, found none.',
      'Put it in quotes, and check the folder.',
    );
  return list;
}
