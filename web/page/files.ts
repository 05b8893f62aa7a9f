import { compareNames } from '../../src/platform/path.js';
import type { Role } from '../session/recognise.js';
import type { GivenFile } from './dropped-files.js';
import type { SessionClient } from './session-client.js';
import type { ClearedFiles, Files, Purpose } from './state.js';

/** The folder of images that were chosen without one. */
const IMAGES = 'images';
/** The folder that holds the images to verify with, so that none of them is calibrated on. */
const JUDGED = 'verification';
/** The most files that are refused by name. */
const MOST_REFUSED = 3;

/** The files after some were given, and a sentence for each that is of no use. */
export interface TakenFiles {
  readonly files: Files;
  readonly refused: readonly string[];
}

/** Adds files to those that are there: the session says what each is, and gets them all. `purpose`: what images are for. */
export async function takeFiles(
  session: SessionClient,
  before: Files,
  given: readonly GivenFile[],
  purpose: Purpose,
): Promise<TakenFiles> {
  await session.mount(new Map(given.map(({ path, blob }) => [path, blob])));
  const roles = await session.ask(
    'recognise',
    given.map(({ path }) => path),
  );
  const files = combined(before, given, roles, purpose);
  await session.mount(files.all);
  const sentences = Object.values(roles).flatMap((role) => (typeof role === 'object' ? role.refused : []));
  const more = sentences.length - MOST_REFUSED;
  const refused =
    more > 0 ? [...sentences.slice(0, MOST_REFUSED), `${more} more files are of no use here.`] : sentences;
  return { files, refused };
}

/** Files without those of one kind. Labels go with the images that they are of: others may have the same names. */
export function without(files: Files, kind: ClearedFiles): Files {
  const { [kind]: given = [], labels } = files;
  const isUnlabelled = kind === 'labels' || kind === labelledImages(files);
  const gone = new Set([given, isUnlabelled ? (labels ?? []) : []].flat());
  const all = new Map([...files.all].filter(([path]) => !gone.has(path)));
  return { ...files, ...(kind === 'labels' ? {} : { [kind]: [] }), labels: isUnlabelled ? undefined : labels, all };
}

/** The images that labels are of; undefined where there are no labels. */
export function labelledImages({ labels, judged }: Files): 'judged' | 'images' | undefined {
  if (labels === undefined) return undefined;
  return judged.length > 0 ? 'judged' : 'images';
}

/** The folder of the images to verify with; undefined where there are none. */
export const judgedFolder = ({ judged }: Files): string | undefined => (judged.length === 0 ? undefined : JUDGED);

/** A path without the folder that the page put above it. */
export const givenPath = (path: string): string => path.replace(new RegExp(`^${JUDGED}/`), '');

/** Whether a network is the same with the same images, so that a calibration still is of them. */
export const isSameCalibration = (a: Files, b: Files): boolean => {
  const contents = (files: Files): (Blob | undefined)[] => [
    ...networkFiles(files),
    ...files.images.map((path) => files.all.get(path)),
  ];
  const [old, now] = [contents(a), contents(b)];
  const names = (files: Files): string => JSON.stringify([files.model, files.weights, files.images]);
  return names(a) === names(b) && old.every((blob, i) => blob === now[i]);
};

/** The files of the network: those of two networks are others, though they have the same names. */
export const networkFiles = ({ model, weights, all }: Files): (Blob | undefined)[] =>
  [model, weights].map((path) => (path === undefined ? undefined : all.get(path)));

function combined(
  before: Files,
  given: readonly GivenFile[],
  roles: Readonly<Record<string, Role>>,
  purpose: Purpose,
): Files {
  const pathsOf = (...wanted: Role[]): GivenFile[] =>
    given.filter(({ path }) => wanted.includes(roles[path] ?? 'junk'));
  const [model, weights, labels] = [pathsOf('network', 'graph'), pathsOf('weights'), pathsOf('labels')].map((some) =>
    some.at(-1),
  );
  const images = pathsOf('image');
  const [calibrated, judged] = [
    inOneFolder(allImages(before, before.images, purpose === 'calibration' ? images : [])),
    inFolder(JUDGED, allImages(before, before.judged, purpose === 'verification' ? images : [])),
  ];
  const isGraph = model !== undefined && roles[model.path] === 'graph';
  const paths = {
    model: model?.path ?? before.model,
    weights: weights?.path ?? (isGraph ? undefined : before.weights),
    labels: labels?.path ?? before.labels,
    images: calibrated.map(({ path }) => path),
    judged: judged.map(({ path }) => path),
  };
  const named = [model, weights, labels].flatMap((file) => file ?? []);
  const known = new Map([...before.all, ...pairsOf([...named, ...calibrated, ...judged])]);
  const used = [paths.model, paths.weights, paths.labels, ...paths.images, ...paths.judged].flatMap(
    (path) => path ?? [],
  );
  return {
    ...paths,
    all: new Map(used.flatMap((path) => (known.has(path) ? [[path, known.get(path)!] as const] : []))),
  };
}

const pairsOf = (files: readonly GivenFile[]): (readonly [string, Blob])[] =>
  files.map(({ path, blob }) => [path, blob] as const);

/**
 * The images that were there, and others beside them, with their paths as they were given. One that comes again takes its own place,
 * another of the same path gets a number.
 */
function allImages({ all }: Files, before: readonly string[], given: readonly GivenFile[]): GivenFile[] {
  const known = new Map<string, Blob>();
  for (const path of before) {
    const blob = all.get(path) ?? new Blob();
    known.set(givenPaths.get(blob) ?? path, blob);
  }
  for (const { path, blob } of given) {
    let name = path;
    for (let n = 2; !isSameFile(known.get(name) ?? blob, blob); n++) name = path.replace(/(\.[^.]*)?$/, ` (${n})$1`);
    if (known.has(name)) continue;
    known.set(name, blob);
    givenPaths.set(blob, name);
  }
  return [...known].map(([path, blob]) => ({ path, blob }));
}

/** The paths of images as they were given, before a folder was put above them. */
const givenPaths = new WeakMap<Blob, string>();

/** Whether two files of one path are the same, by size and time. */
function isSameFile(a: Blob, b: Blob): boolean {
  const time = (file: Blob): number | undefined => (file instanceof File ? file.lastModified : undefined);
  return a.size === b.size && time(a) === time(b);
}

/** Images with paths in one folder. Those of several folders get a folder above them, and so do those of the other set's folder. */
function inOneFolder(images: readonly GivenFile[]): GivenFile[] {
  const roots = new Set(images.map(({ path }) => path.replace(/\/?[^/]*$/, '').replace(/\/.*/, '')));
  const [only = ''] = roots;
  return roots.size === 1 && only !== '' && only !== JUDGED ? sorted(images) : inFolder(IMAGES, images);
}

const inFolder = (folder: string, images: readonly GivenFile[]): GivenFile[] =>
  sorted(images.map(({ path, blob }) => ({ path: `${folder}/${path}`, blob })));

/** Sorted as the library sorts them. */
const sorted = (images: readonly GivenFile[]): GivenFile[] => [...images].sort((a, b) => compareNames(a.path, b.path));
