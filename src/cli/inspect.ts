import type { Command } from 'commander';
import { DEFAULT_BIT_WIDTHS } from '../jobs/bit-widths.js';
import { inspect } from '../jobs/inspect.js';
import { type InspectPlanFlags, inspectPlan } from '../jobs/inspect-plan.js';
import { environment } from '../platform/index.js';
import { inspectionText } from '../report/inspection.js';
import { jsonText } from '../report/json.js';
import { DEFAULT_OVERLAY } from '../scaling/index.js';
import { bitWidthsOption, networkFlags, option, overlayOption, walkFlags } from './flags.js';

/** Adds the flags and the action of `inspect` to a command. */
export function addInspect(command: Command): Command {
  networkFlags(command)
    .addOption(option('--json', 'everything as JSON'))
    .addOption(
      option('--plan', 'instead: what quantize measures at which layer; the flags below are those of quantize'),
    )
    .addOption(bitWidthsOption(`[${DEFAULT_BIT_WIDTHS.join(',')}]`))
    .addOption(overlayOption(DEFAULT_OVERLAY));
  return walkFlags(command).action(runInspect);
}

type Flags = InspectPlanFlags & { readonly json?: boolean; readonly plan?: boolean };

async function runInspect({ json, plan, ...flags }: Flags): Promise<void> {
  if (plan === true) return environment.writeOutput(await inspectPlan(flags));
  const result = await inspect(flags);
  environment.writeOutput(json === true ? jsonText(result) : inspectionText(result));
}
