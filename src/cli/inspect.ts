import type { Command } from 'commander';
import { fail } from '../error.js';
import { DEFAULT_BIT_WIDTHS } from '../jobs/bit-widths.js';
import { inspect } from '../jobs/inspect.js';
import { type InspectPlanFlags, inspectPlan } from '../jobs/inspect-plan.js';
import { inspectionText } from '../report/inspection.js';
import { inspectedPlanText } from '../report/plan.js';
import { DEFAULT_OVERLAY } from '../scaling/index.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { bitWidthsOption, examples, networkFlags, overlayOption, walkFlags } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `inspect` to a command. */
export function addInspect(command: Command): Command {
  networkFlags(command)
    .optionsGroup('Plan:')
    .addOption(
      option('--plan', 'instead: what quantize measures at which layer; the flags below are those of quantize'),
    )
    .addOption(bitWidthsOption(`[${DEFAULT_BIT_WIDTHS.join(',')}]`))
    .addOption(overlayOption(DEFAULT_OVERLAY));
  examples(walkFlags(command), [
    'xfdnn inspect --deploy_model net.prototxt',
    'xfdnn inspect --deploy_model net.pb --plan --bitwidths 16 --json',
  ]);
  return outputFlags(command).action(runInspect);
}

type Flags = InspectPlanFlags & OutputFlags & { readonly plan?: boolean };

/** Flags of a plan; they change nothing about layers and costs. */
const PLAN_FLAGS = [
  'bitwidths',
  'layer_bits',
  'overlay',
  'calibrator',
  'walk',
  'include_inner_product',
  'power_of_two',
  'unify_concat',
] as const;

async function runInspect({ plan, ...flags }: Flags): Promise<void> {
  const output = openOutput(flags);
  if (plan === true) {
    const described = await inspectPlan(jobFlags(flags));
    return output.result(described, () => inspectedPlanText(described));
  }
  const idle = PLAN_FLAGS.find((name) => flags[name] !== undefined);
  if (idle !== undefined)
    fail('usage', `--${idle}`, 'expected --plan beside it, got none.', 'Layers and costs do not depend on it.');
  const result = await inspect(jobFlags(flags));
  output.result(result, () => inspectionText(result, output.style));
  if (result.unsupported.length > 0) setExitCode(ExitCode.found);
}
