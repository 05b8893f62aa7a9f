import { readFileSync } from 'node:fs';
import { loadNetwork } from '../../dist/src/jobs/network.js';

/**
 * A network from its files, or just the larger file's bytes.
 * @param {{ method: 'load' | 'read', model: string, weights: string }} config
 */
export function open({ method, model, weights }) {
  /** What was loaded, so that nothing is collected early. @type {unknown} */
  let held;
  return {
    async run() {
      held = method === 'read' ? readFileSync(weights) : await loadNetwork({ deploy_model: model, weights });
      if (held === undefined) throw new Error('expected something to hold, got nothing.');
    },
  };
}
