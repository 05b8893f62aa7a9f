import { fail } from '../error.js';
import type { Message } from '../formats/schema.js';
import type { Layer, Net } from './layer.js';

/**
 * The layers of phase TEST: those without rules, those that an `include` rule admits and those that no `exclude` rule
 * matches, at the level and stages of the file.
 */
export function testLayers(net: Net): Layer[] {
  return net.layers.filter((layer) => isIncluded(layer, net));
}

function isIncluded(layer: Layer, net: Net): boolean {
  const include = (layer.message['include'] ?? []) as Message[];
  const exclude = (layer.message['exclude'] ?? []) as Message[];
  if (include.length > 0 && exclude.length > 0) {
    fail('model', layer.where, `layer "${layer.name}" (${layer.type}): expected include or exclude rules, got both.`);
  }
  return include.length > 0 ? include.some((rule) => applies(rule, net)) : !exclude.some((rule) => applies(rule, net));
}

function applies(rule: Message, net: Net): boolean {
  return (
    (rule['phase'] === undefined || rule['phase'] === 'TEST') &&
    (rule['min_level'] === undefined || net.level >= Number(rule['min_level'])) &&
    (rule['max_level'] === undefined || net.level <= Number(rule['max_level'])) &&
    ((rule['stage'] ?? []) as string[]).every((stage) => net.stages.includes(stage)) &&
    !((rule['not_stage'] ?? []) as string[]).some((stage) => net.stages.includes(stage))
  );
}
