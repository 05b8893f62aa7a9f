import { fail } from '../error.js';
import { checkWritable, fileKeys } from '../platform/index.js';

/**
 * Checks, before any work is done, that the outputs can be written, replace no input and are different files. `outputs`:
 * paths by flag, or flag and name; `inputs`: paths. Throws `file` and `usage`.
 */
export async function checkOutputs(
  outputs: Readonly<Record<string, string | undefined>> | ReadonlyMap<string, string>,
  inputs: readonly (string | undefined)[],
): Promise<void> {
  const taken = new Map<string, string>();
  const take = async (path: string, use: string): Promise<void> => {
    for (const key of await fileKeys(path)) if (!taken.has(key)) taken.set(key, use);
  };
  for (const input of inputs) if (input !== undefined && input !== '-') await take(input, 'is read');
  for (const [flag, path] of outputs instanceof Map ? outputs : Object.entries(outputs)) {
    if (path === undefined) continue;
    const [use] = (await fileKeys(path)).flatMap((key) => taken.get(key) ?? []);
    if (use !== undefined)
      fail('usage', flag, `expected a file of its own, got ${path}, which ${use}.`, 'Choose another name.');
    await checkWritable(path);
    await take(path, `${flag} takes`);
  }
}
