import { XfdnnError } from '../../src/error.js';
import { inPageWords } from './page-words.js';

/** An error as the page says it. */
export interface Problem {
  readonly text: string;
}

/** An error of the library in the page's words; another one is a fault of the lab, and says so. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof XfdnnError))
    return { text: `The lab failed: ${error instanceof Error ? error.message : String(error)}. Load the page again.` };
  return { text: inPageWords(error.message) };
}
