import { verify } from '../../dist/src/jobs/verify.js';

/**
 * The whole verification, from files, as the command line runs it.
 * @param {{ flags: import('../../dist/src/jobs/verify.js').VerifyFlags }} config
 */
export function open({ flags }) {
  return {
    async run(/** @type {number} */ count) {
      for (let i = 0; i < count; i++) await verify(flags);
    },
  };
}
