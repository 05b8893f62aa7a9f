/**
 * Drags thresholds of a large network in the lab in Chromium: GoogLeNet on random weights, with as many images as the page emulates of
 * it. Prints how long a change of the first threshold and of those of the last third takes until the page shows what follows, and
 * its ratio to a float forward of one image on one thread of the same browser.
 *   node dist/test/lab/drag.js [NETWORK]
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { root } from '../support.js';
import { calibrate, idle } from './browser.js';
import { measureLab } from './measured-lab.js';
import { layOut } from './networks.js';

const IMAGES = 8;
/** Changes of a threshold, and forwards, of which the fastest counts. */
const TIMES = 5;
const [network = 'googlenet'] = process.argv.slice(2);

/** Milliseconds of a float forward of one image in a page. */
async function forwardTime(browser: Browser): Promise<number> {
  const from = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, pathToFileURL(root))));
  const contents = `
    import { createEngine } from ${from('dist/src/kernels/engine.js')};
    import { Runner } from ${from('dist/src/runtime/runner.js')};
    import { buildGraph, seededInput } from ${from('bench/networks/index.js')};
    globalThis.forwardTime = async () => {
      const graph = buildGraph(${JSON.stringify(network)});
      const runner = new Runner(await createEngine(), graph);
      const input = seededInput(graph.values[graph.inputs[0]].shape);
      const times = [];
      for (let i = 0; i <= ${TIMES}; i++) {
        const start = performance.now();
        runner.run([input]);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  const page = await browser.newPage();
  await page.goto('about:blank');
  await page.addScriptTag({ type: 'module', content: outputFiles[0]?.text ?? '' });
  const scope = 'forwardTime' as const;
  await page.waitForFunction((name) => name in globalThis, scope);
  const time = await page.evaluate(() => (globalThis as unknown as { forwardTime(): Promise<number> }).forwardTime());
  await page.close();
  return time;
}

/** Milliseconds from a change of the chosen layer's threshold to what the page says of it. */
function changeTime(page: Page, share: number): Promise<number> {
  return page.evaluate(async (factor) => {
    const slider = document.querySelector<HTMLInputElement>('input[type=range]');
    const figures = document.querySelector('.inspector .figures');
    if (slider === null || figures === null) throw new Error('no threshold is shown');
    // The threshold itself is shown at once.
    const shown = (): string =>
      Array.from(figures.children)
        .slice(1)
        .map((figure) => figure.textContent)
        .join();
    const [before, start] = [shown(), performance.now()];
    slider.value = String(Math.round(Number(slider.value) * factor));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    while (shown() === before) {
      if (performance.now() - start > 60_000) throw new Error('the page shows nothing new');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - start;
  }, share);
}

/** The fastest change of a layer's threshold, chosen by its place in the list. */
async function fastest(page: Page, place: number): Promise<{ readonly name: string; readonly time: number }> {
  await page.locator('.list > div').nth(place).click();
  const times: number[] = [];
  for (let turn = 0; turn < TIMES; turn++) {
    times.push(await changeTime(page, 0.8));
    await page.waitForTimeout(300);
  }
  await page.getByRole('button', { name: 'Back to the calibration' }).click();
  await page.getByText('0 layers', { exact: true }).waitFor();
  return { name: await page.locator('.list > div').nth(place).innerText(), time: Math.min(...times) };
}

await measureLab(async ({ browser, address, folder }) => {
  const forward = await forwardTime(browser);
  console.log(`float forward of one image: ${forward.toFixed(0)} ms`);
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('input[data-files=files]').setInputFiles(await layOut(folder, network, IMAGES));
  await idle(page);
  await calibrate(page);
  const count = await page.locator('.list > div').count();
  const third = Math.ceil((2 * count) / 3);
  const images = await page.locator('section[aria-label="Predictions of the images"] tbody tr').count();
  console.log(`${count} thresholds, ${images} images are emulated`);
  for (const place of [0, third, Math.floor((third + count) / 2), count - 1]) {
    const { name, time } = await fastest(page, place);
    console.log(
      `${name.split('\n')[0]}, ${place + 1} of ${count}: ${time.toFixed(0)} ms, ${(time / forward).toFixed(2)} forwards`,
    );
  }
});
