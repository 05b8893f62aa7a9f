import { copyFileSync, existsSync, linkSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeJpeg } from './formats/jpeg.js';

/** Photographs beside the checkout, where they are at hand. */
const SHARED = fileURLToPath(new URL('../../shared/models/images/', import.meta.url));
const OWN = 8;

/**
 * Fills a folder with `count` JPEG photos of about 640 x 480, the same few under many names, and says what they are.
 * @param {string} folder @param {number} count
 */
export function layOutPhotos(folder, count) {
  const shared = existsSync(SHARED)
    ? readdirSync(SHARED)
        .filter((name) => /^calib_.*\.jpg$/.test(name))
        .sort()
    : [];
  const different = Math.min(count, shared.length === 0 ? OWN : shared.length);
  for (let index = 0; index < count; index++) {
    const path = photo(folder, index);
    if (index >= different) sameFile(photo(folder, index % different), path);
    else if (shared.length > 0) copyFileSync(join(SHARED, /** @type {string} */ (shared[index])), path);
    else writeFileSync(path, writeJpeg(640, 480, standIn(index)));
  }
  return `${different} different ${shared.length > 0 ? 'photos' : 'stand-ins for photos'}, about 640 x 480`;
}

/** @param {string} folder @param {number} index */
const photo = (folder, index) => join(folder, `${String(index).padStart(4, '0')}.jpg`);

/** @param {string} from @param {string} to */
function sameFile(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Broad shades, edges and grain: about as many bytes as a photograph. @param {number} index @returns {(component: number, x: number, y: number) => number} */
function standIn(index) {
  let state = index + 1;
  return (component, x, y) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const shade = 60 * Math.sin(x / (60 + 9 * index) + component) + 40 * Math.sin(y / (40 + 5 * index) - component);
    const edge = ((x >> 6) ^ (y >> 5) ^ index) & 1 ? 15 : -15;
    return (component === 0 ? 1 : 0.5) * (shade + edge + (state >> 27));
  };
}
