import type { Command } from 'commander';
import { inspect } from '../jobs/inspect.js';
import type { NetworkFlags } from '../jobs/network.js';
import { environment } from '../platform/index.js';
import { inspectionText } from '../report/inspection.js';
import { jsonText } from '../report/json.js';
import { networkFlags, option } from './flags.js';

/** Adds the flags and the action of `inspect` to a command. */
export function addInspect(command: Command): Command {
  return networkFlags(command).addOption(option('--json', 'everything as JSON')).action(runInspect);
}

async function runInspect({ json, ...flags }: NetworkFlags & { readonly json?: boolean }): Promise<void> {
  const result = await inspect(flags);
  environment.writeOutput(json === true ? jsonText(result) : inspectionText(result));
}
