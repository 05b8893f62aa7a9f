import { quantize } from '../../dist/src/jobs/quantize.js';

/**
 * The whole job, from files to the scaling file, as the command line runs it.
 * @param {{ options: import('../../dist/src/jobs/quantize.js').QuantizeFlags }} config
 */
export function open({ options }) {
  return {
    async run(/** @type {number} */ count) {
      for (let i = 0; i < count; i++) await quantize(options);
    },
  };
}
