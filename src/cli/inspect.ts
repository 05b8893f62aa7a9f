import { type Command, Option } from 'commander';
import { type Inspection, inspect } from '../jobs/inspect.js';
import type { NetworkFlags } from '../jobs/network.js';
import { environment } from '../platform/index.js';
import { table } from '../report/table.js';
import { formatShape } from '../tensor.js';
import { networkFlags } from './flags.js';

/** Adds the flags and the action of `inspect` to a command. */
export function addInspect(command: Command): Command {
  return networkFlags(command)
    .addOption(new Option('--json', 'everything as JSON'))
    .action(async (flags: NetworkFlags & { json?: boolean }) => {
      const { json, ...options } = flags;
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
