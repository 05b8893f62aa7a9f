import type { Verdict } from '../verification/verdict/verdict.js';
import { counted } from './words.js';

/** A sentence where the float network gives every image the same class; none else. */
export function oneClassText({ oneClass, images }: Pick<Verdict, 'oneClass' | 'images'>): string[] {
  if (oneClass === undefined) return [];
  return [
    `The network in float gives class ${oneClass} for all ${counted(images, 'image')}. Check the preprocessing flags, or whether the images are of one class.`,
  ];
}
