import { fail } from '../error.js';

/** @internal */
interface Builtins {
  'node:crypto': typeof import('node:crypto');
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * The global `process` of Node, Deno and Bun; undefined in a browser.
 *
 * @internal
 */
export const nodeProcess: NodeJS.Process | undefined =
  typeof process === 'object' && typeof process.versions?.node === 'string' ? process : undefined;

/** True on Node, and on Deno and Bun, which offer Node's modules. */
export function isNode(): boolean {
  return nodeProcess !== undefined;
}

/**
 * One of Node's own modules. It is no static import, and the name is no literal inside `import()`: a bundle for a
 * browser then builds and carries no shim. `action` names the caller's purpose. Throws `unsupported` in a browser.
 *
 * @internal
 */
export async function builtin<Name extends keyof Builtins>(name: Name, action: string): Promise<Builtins[Name]> {
  if (nodeProcess === undefined)
    fail('unsupported', action, 'expected Node, Deno or Bun, got a browser.', 'Pass bytes instead of paths.');
  const now = nodeProcess.getBuiltinModule as ((id: string) => unknown) | undefined;
  // Node before 20.16 has no getBuiltinModule.
  return (now?.(name) ?? (await import(/* webpackIgnore: true */ /* @vite-ignore */ name))) as Builtins[Name];
}
