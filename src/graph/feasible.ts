import { fail } from '../error.js';
import { limitOf, raiseHint } from '../limits.js';
import { elements, formatShape, type Shape } from '../tensor.js';

/**
 * Checks the shape of a value before anything is planned or allocated. Throws, without a place, `model` for sizes that are
 * not whole numbers of at least 0, `unsupported` for more elements than the limit.
 */
export function expectFeasible(shape: Shape): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail('model', '', `expected sizes of at least 1, got ${formatShape(shape)}.`);
  if (elements(shape) > limitOf('elements'))
    fail(
      'unsupported',
      '',
      `expected a value of at most ${limitOf('elements')} elements, got ${formatShape(shape)}.`,
      raiseHint('elements'),
    );
}
