import { XfdnnError } from '../../src/error.js';

/** The message that a promise fails with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof XfdnnError) return error.message;
    throw error;
  }
  throw new Error('expected a failure, got none');
}
