import { integerBudget } from './integer-budget.js';
import { layerBars } from './layer-bars.js';
import { layerDetails } from './layer-details.js';
import { networkGraph } from './network-graph.js';
import { originsTable } from './origins.js';
import { pageText } from './page.js';
import { partBars } from './part-bars.js';
import { flippedImages, inputPictures } from './pictures.js';
import { countOfImages, rangeBoxes } from './range-boxes.js';
import type { VerificationReport } from './report-data.js';
import { verdictCard } from './verdict-card.js';

/** The report of a verification as one HTML file. The same data give the same bytes. */
export function verificationReport(report: VerificationReport): string {
  const { title, subtitle, version, verification, verdict, layers, rangeImages } = report;
  const hasScores = verification.agreement !== null;
  return pageText({
    title,
    subtitle,
    version,
    sections: [
      { id: 'verdict', title: 'Verdict', body: verdictCard(verdict, verification, report.commands) },
      { id: 'input', title: 'What enters the network', body: inputPictures(report.input, report.pictures) },
      { id: 'layers', title: 'Signal to noise by layer', body: layerBars(layers) },
      { id: 'parts', title: 'Weights against activations', body: partBars(report.parts, countOfImages(rangeImages)) },
      { id: 'network', title: 'The network', body: networkGraph(report.network) },
      { id: 'ranges', title: 'Ranges', body: rangeBoxes(layers, rangeImages) },
      { id: 'budget', title: 'Integer budget', body: integerBudget(layers, report.overlay, rangeImages) },
      { id: 'details', title: 'Layer by layer', body: layerDetails(layers, rangeImages) },
      {
        id: 'flipped',
        title: 'Images that change their class',
        body: flippedImages(report.flipped, report.changed, hasScores),
      },
      { id: 'origins', title: 'What it was made from', body: originsTable(report.origins) },
    ],
  });
}
