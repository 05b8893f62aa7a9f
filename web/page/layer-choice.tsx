import type { InspectedLayer } from '../../src/report/inspection.js';
import type { Lab } from './lab.js';
import type { Settings } from './state.js';

interface LayerChoiceProps {
  readonly lab: Lab;
  readonly settings: Settings;
  readonly layer: InspectedLayer;
}

/** The width of one layer, or the host; only of layers that the overlay computes. */
export function LayerChoice({ lab, settings, layer: { name, quantization } }: LayerChoiceProps) {
  const { layer_bits: bits = {}, float_layers: floats = [], bitwidths } = settings;
  const isHost = floats.includes(name);
  if (!isHost && !/^(weights|site)/.test(quantization)) return null;
  const change = (value: string): void => lab.change(withChoice(settings, name, value));
  return (
    <select
      aria-label={`${name} runs with`}
      value={isHost ? 'host' : String(bits[name] ?? '')}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    >
      <option value="">as all: {bitwidths?.[0] ?? 8}</option>
      {quantization.startsWith('weights') && <option value="8">8 bits</option>}
      {quantization.startsWith('weights') && <option value="16">16 bits</option>}
      <option value="host">host</option>
    </select>
  );
}

function withChoice({ layer_bits, float_layers = [] }: Settings, name: string, value: string): Settings {
  const { [name]: _, ...others } = layer_bits ?? {};
  const bits = value === '8' || value === '16' ? { ...others, [name]: Number(value) as 8 | 16 } : others;
  const floats = [...float_layers.filter((each) => each !== name), ...(value === 'host' ? [name] : [])];
  return {
    layer_bits: Object.keys(bits).length === 0 ? undefined : bits,
    float_layers: floats.length === 0 ? undefined : floats,
  };
}
