import { nextTurn } from './environment.js';
import { nodeProcess } from './node.js';

/** Signals that ask a process to end, with the exit codes that shells give them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Puts off signals that would end the process until the function that is returned is called, so that no temporary file
 * stays behind. A process that was asked to end then ends. Call it once, after work that does not wait.
 */
export function deferSignals(): () => Promise<void> {
  const target = nodeProcess;
  if (target === undefined) return async () => undefined;
  const removals = Object.entries(SIGNALS).map(([signal, code]) => {
    const end = (): never => target.exit(code);
    target.once(signal, end);
    return () => target.off(signal, end);
  });
  return async () => {
    // Signals are delivered between turns: those that came meanwhile are delivered now.
    await nextTurn();
    await nextTurn();
    for (const remove of removals) remove();
  };
}
