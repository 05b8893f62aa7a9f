import * as assert from 'uvu/assert';

/** Asserts that `run` throws an error whose whole message matches; shows the message where it does not. */
export function throws(run: () => unknown, pattern: RegExp): void {
  let message = '';
  try {
    run();
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  assert.match(message, pattern);
}
