import { type Command, Option } from 'commander';
import { type Inspection, inspect } from '../jobs/inspect.js';
import { type InspectPlanOptions, inspectPlan } from '../jobs/inspect-plan.js';
import { environment } from '../platform/index.js';
import { table } from '../report/table.js';
import { formatShape } from '../tensor.js';
import { networkFlags, walkFlags } from './flags.js';

/** Adds the flags and the action of `inspect` to a command. */
export function addInspect(command: Command): Command {
  networkFlags(command)
    .addOption(new Option('--json', 'everything as JSON'))
    .addOption(new Option('--plan', 'instead: how quantize would calibrate the network, layer by layer'));
  return walkFlags(command)
    .action(async (flags: InspectPlanOptions & { json?: boolean; plan?: boolean }) => {
      const { json, plan, ...options } = flags;
      if (plan === true) return environment.writeOutput(await inspectPlan(options));
      const result = await inspect(options);
      environment.writeOutput(json === true ? `${JSON.stringify(result, null, 2)}\n` : text(result));
    });
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function text(result: Inspection): string {
  const rows = result.layers.map((layer) => [
    layer.name,
    layer.type,
    layer.output.map(formatShape).join(' '),
    grouped(layer.parameters),
    grouped(layer.macs),
    layer.quantization,
  ]);
  const { arena, unshared, constants, scratch } = result.memory;
  const lines = [
    table(['layer', 'type', 'output', 'parameters', 'MACs', 'quantization'], rows),
    '',
    `${result.layers.length} layers, ${grouped(result.parameters)} parameters, ${grouped(result.macs)} MACs`,
    `memory of one image: ${grouped(arena)} bytes of activations (${grouped(unshared)} without reuse), ${grouped(constants)} packed weights, ${grouped(scratch)} scratch`,
  ];
  for (const { nodes, into } of result.folded)
    lines.push(`${nodes.join(' + ')}: ${into === null ? 'run as a per-channel Scale' : `folded into ${into}`}`);
  if (result.dropped.length > 0) lines.push(`left out (training only): ${result.dropped.join(', ')}`);
  result.warnings.forEach((line) => lines.push(line));
  if (result.unsupported.length > 0) lines.push(`not supported: ${result.unsupported.join(', ')}`);
  return `${lines.join('\n')}\n`;
}
