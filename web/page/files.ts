import { compareNames } from '../../src/platform/path.js';
import type { Role } from '../session/recognise.js';
import type { GivenFile } from './dropped-files.js';
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

/** Files without the images. */
export function withoutImages(files: Files): Files {
  const images = new Set(files.images);
  return { ...files, images: [], all: new Map([...files.all].filter(([path]) => !images.has(path))) };
}

/** The files of the network: those of two networks are others, though they have the same names. */
export const networkFiles = ({ model, weights, all }: Files): (Blob | undefined)[] =>
  [model, weights].map((path) => (path === undefined ? undefined : all.get(path)));

function combined(before: Files, given: readonly GivenFile[], roles: Readonly<Record<string, Role>>): Files {
  const pathsOf = (...wanted: Role[]): GivenFile[] =>
    given.filter(({ path }) => wanted.includes(roles[path] ?? 'junk'));
  const model = pathsOf('network', 'graph').at(-1);
  const weights = pathsOf('weights').at(-1);
  const images = allImages(before, pathsOf('image'));
  const isGraph = model !== undefined && roles[model.path] === 'graph';
  const oldWeights = isGraph ? undefined : before.weights;
  const paths = {
    model: model?.path ?? before.model,
    weights: weights?.path ?? oldWeights,
    images: images.map(({ path }) => path),
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

/** The images that were there, and others beside them. One that comes again takes its own place, another of the same path gets a number. */
function allImages({ images, all }: Files, given: readonly GivenFile[]): GivenFile[] {
  const known = new Map(images.map((path) => [path.replace(`${IMAGES}/`, ''), all.get(path) ?? new Blob()]));
  for (const { path, blob } of given) {
    let name = path;
    for (let n = 2; !isSameFile(known.get(name) ?? blob, blob); n++) name = path.replace(/(\.[^.]*)?$/, ` (${n})$1`);
    known.set(name, blob);
  }
  return inOneFolder([...known].map(([path, blob]) => ({ path, blob })));
}

/** Whether two files of one path are the same, by size and time. */
function isSameFile(a: Blob, b: Blob): boolean {
  const time = (file: Blob): number | undefined => (file instanceof File ? file.lastModified : undefined);
  return a.size === b.size && time(a) === time(b);
}

/** Images with paths in one folder, sorted as the library sorts them. Those of several folders get a folder above them. */
function inOneFolder(images: readonly GivenFile[]): GivenFile[] {
  const roots = new Set(images.map(({ path }) => path.replace(/\/?[^/]*$/, '').replace(/\/.*/, '')));
  const [only = ''] = roots;
  const named =
    roots.size === 1 && only !== '' ? images : images.map(({ path, blob }) => ({ path: `${IMAGES}/${path}`, blob }));
  return [...named].sort((a, b) => compareNames(a.path, b.path));
}
