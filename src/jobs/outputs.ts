import { fail } from '../error.js';
import { checkWritable, sameFile } from '../platform/index.js';

/**
 * Checks, before any work is done, that the outputs can be written and replace no input. `outputs`: paths by flag;
 * `inputs`: paths. Throws `file` and `usage`.
 */
export async function checkOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
): Promise<void> {
  const taken = inputs.filter((path) => path !== undefined);
  for (const [flag, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    for (const input of taken) {
      if (path !== '-' && (await sameFile(path, input)))
        fail('usage', flag, `expected a file of its own, got ${path}, which is read.`, 'Choose another name.');
    }
    for (const [other, name] of Object.entries(outputs)) {
      if (other !== flag && name !== undefined && (await sameFile(path, name)))
        fail('usage', flag, `expected a file of its own, got ${path}, which ${other} takes.`, 'Choose another name.');
    }
    await checkWritable(path);
  }
}
