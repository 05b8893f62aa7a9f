import { networkPicture } from '../../src/report/html/network-graph.js';
import { legend } from '../../src/report/html/plot.js';
import type { InspectedLayer } from '../../src/report/inspection.js';
import { counted, grouped } from '../../src/report/words.js';
import { formatShape } from '../../src/tensor.js';
import type { NetworkView } from '../session/inspect.js';
import { Drawn } from './drawn.js';
import type { Lab } from './lab.js';
import { LayerChoice } from './layer-choice.js';
import type { State } from './state.js';

/** The height of a layer's row in pixels. */
const ROW = 26;

/** What quantization makes of a layer, as the class of a colour. */
function fillOf({ quantization }: InspectedLayer): string {
  if (quantization.startsWith('weights')) return 'deployed';
  if (quantization.startsWith('host')) return 'fill-poor';
  if (/^(folded|runs in|dropped)/.test(quantization)) return 'fill-none';
  return 'alone';
}

const COLOURS = [
  ['deployed', 'quantized, with weights'],
  ['alone', 'on codes'],
  ['fill-none', 'folded into another layer, or dropped'],
  ['fill-poor', 'on the host, in float32'],
] as const;

interface NetworkProps {
  readonly lab: Lab;
  readonly state: State;
  readonly network: NetworkView;
}

/** The network as a graph beside the table of its layers. */
export function NetworkTab({ lab, state, network }: NetworkProps) {
  const { layers, parameters, macs, unsupported, dropped, warnings } = network;
  return (
    <>
      <p>
        {network.framework === 'caffe' ? 'Caffe' : 'TensorFlow'}, {counted(layers.length, 'layer')},{' '}
        {grouped(parameters)} parameters, {grouped(macs)} multiply-accumulates for one image.
      </p>
      {unsupported.length > 0 && (
        <div class="problems">
          <p>Not supported, with the layers behind them: {unsupported.join(', ')}.</p>
        </div>
      )}
      {dropped.length > 0 && <p class="faint">Left out, for training only: {dropped.join(', ')}.</p>}
      {warnings.map((line) => (
        <p class="faint" key={line}>
          {line}
        </p>
      ))}
      <Drawn drawing={legend(COLOURS)} />
      <LayerTable lab={lab} state={state} network={network} />
    </>
  );
}

function LayerTable({ lab, state, network: { layers, nodes } }: NetworkProps) {
  const picture = networkPicture(nodes, layers.map(fillOf), ROW);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard has to reach what scrolls
    <section class="scroll layers" tabIndex={0} aria-label="Layers">
      <svg
        class="network"
        aria-hidden="true"
        width={picture.width}
        height={ROW * nodes.length}
        dangerouslySetInnerHTML={{ __html: picture.body.markup }}
      />
      <table style={{ '--graph': `${picture.width}px` }}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Type</th>
            <th scope="col">Runs with</th>
            <th scope="col">Quantization</th>
            <th scope="col">Output</th>
            <th scope="col" class="number">
              Weights
            </th>
            <th scope="col" class="number">
              MACs
            </th>
          </tr>
        </thead>
        <tbody>
          {layers.map((layer) => (
            <tr key={layer.name} style={{ height: `${ROW}px` }}>
              <th scope="row">{layer.name}</th>
              <td>{layer.type}</td>
              <td>
                <LayerChoice lab={lab} settings={state.settings} layer={layer} />
              </td>
              <td>{layer.quantization}</td>
              <td>{layer.output.map(formatShape).join(' ')}</td>
              <td class="number">{layer.parameters === 0 ? '' : grouped(layer.parameters)}</td>
              <td class="number">{layer.macs === 0 ? '' : grouped(layer.macs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
