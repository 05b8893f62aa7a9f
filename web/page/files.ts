import { compareNames } from '../../src/platform/path.js';
import type { Role } from '../session/recognise.js';
import type { GivenFile } from './dropped-files.js';
import { folderOf } from './paths.js';
import type { SessionClient } from './session-client.js';
import type { Files } from './state.js';

/** The folder of images that were chosen without one. */
const IMAGES = 'images';
/** The most files that are refused by name. */
const MOST_REFUSED = 3;

/** The files after some were given, and a sentence for each that is of no use. */
export interface TakenFiles {
  readonly files: Files;
  readonly refused: readonly string[];
}

/** Adds files to those that are there: the session says what each is for, and gets them all. */
export async function takeFiles(
  session: SessionClient,
  before: Files,
  given: readonly GivenFile[],
): Promise<TakenFiles> {
  await session.mount(new Map(given.map(({ path, blob }) => [path, blob])));
  const roles = await session.ask(
    'recognise',
    given.map(({ path }) => path),
  );
  const files = combined(before, given, roles);
  await session.mount(files.all);
  const sentences = Object.values(roles).flatMap((role) => (typeof role === 'object' ? role.refused : []));
  const more = sentences.length - MOST_REFUSED;
  const refused =
    more > 0 ? [...sentences.slice(0, MOST_REFUSED), `${more} more files are of no use here.`] : sentences;
  return { files, refused };
}

function combined(before: Files, given: readonly GivenFile[], roles: Readonly<Record<string, Role>>): Files {
  const pathsOf = (...wanted: Role[]): GivenFile[] =>
    given.filter(({ path }) => wanted.includes(roles[path] ?? 'junk'));
  const model = pathsOf('network', 'graph').at(-1);
  const weights = pathsOf('weights').at(-1);
  const images = inOneFolder(pathsOf('image'));
  const isGraph = model !== undefined && roles[model.path] === 'graph';
  const oldWeights = isGraph ? undefined : before.weights;
  const paths = {
    model: model?.path ?? before.model,
    weights: weights?.path ?? oldWeights,
    images: images.length > 0 ? images.map(({ path }) => path) : before.images,
  };
  const known = new Map([
    ...before.all,
    ...[...pathsOf('network', 'graph', 'weights'), ...images].map(({ path, blob }) => [path, blob] as const),
  ]);
  const used = [paths.model, paths.weights, ...paths.images].flatMap((path) => path ?? []);
  return {
    ...paths,
    all: new Map(used.flatMap((path) => (known.has(path) ? [[path, known.get(path)!] as const] : []))),
  };
}

/** Images with paths in one folder, sorted as the library sorts them. Those of several folders get a folder above them. */
function inOneFolder(images: readonly GivenFile[]): GivenFile[] {
  const roots = new Set(images.map(({ path }) => path.replace(/\/?[^/]*$/, '').replace(/\/.*/, '')));
  const [only = ''] = roots;
  const named =
    roots.size === 1 && only !== '' ? images : images.map(({ path, blob }) => ({ path: `${IMAGES}/${path}`, blob }));
  return [...named].sort((a, b) => compareNames(a.path, b.path));
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
