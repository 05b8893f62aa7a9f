import { html, type Markup } from './markup.js';
import type { FlippedImage, Picture } from './report-data.js';

/** Bytes that are turned to text at once. */
const CHUNK = 8192;

/** A PNG file as the address of a picture that holds it. */
function addressOf(png: Uint8Array): string {
  let text = '';
  for (let i = 0; i < png.length; i += CHUNK) text += String.fromCharCode(...png.subarray(i, i + CHUNK));
  return `data:image/png;base64,${btoa(text)}`;
}

/** What enters the network: in words, and the steps of the first image; equal ones are shown once. */
export function inputPictures(input: string, pictures: readonly Picture[]): Markup {
  const groups: { readonly captions: string[]; readonly address: string }[] = [];
  for (const { caption, png } of pictures) {
    const address = addressOf(png);
    const before = groups.at(-1);
    if (before?.address === address) before.captions.push(caption);
    else groups.push({ captions: [caption], address });
  }
  const figures = groups.map(({ captions, address }) => {
    const caption = captions.join(', ');
    return html`<figure><img src="${address}" alt="the first image after ${caption}"><figcaption>${caption}</figcaption></figure>\n`;
  });
  const steps = html`<p>The steps of the preprocessing, each from its least value (black) to its greatest (white), channels in the order of the network's input: after a swap to BGR, red looks blue.</p>
<div class="pictures">${figures}</div>`;
  return html`<p><code>${input}</code></p>${groups.length > 0 && steps}`;
}

/** Images with another best class than in float, with the five best classes of both. */
export function flippedImages(flipped: readonly FlippedImage[], changed: number, hasScores: boolean): Markup {
  if (!hasScores) return html`<p>No output of the network looks like class scores.</p>`;
  if (changed === 0) return html`<p>None: every image keeps its best class.</p>`;
  const shown = flipped.length < changed ? `, the first ${flipped.length} of ${changed}` : '';
  const figures = flipped.map(
    ({ name, float, fixed, png }) => html`<figure>${png !== null && html`<img src="${addressOf(png)}" alt="${name}">`}
<figcaption>${name}<br>float: ${float.join(', ')}<br>overlay: ${fixed.join(', ')}</figcaption></figure>\n`,
  );
  return html`<p>Numbers of the five best classes, best first${shown}.</p><div class="pictures flips">${figures}</div>`;
}
