/**
 * Measures the lab in Chromium with a large network: ResNet-50 on random weights and 16 photographs. Prints the longest task of
 * the page's thread while the network is loaded, the photographs are decoded and the calibration runs, and the memory.
 *   node dist/test/lab/run.js [NETWORK] [PHOTOGRAPHS]
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { calibrate, idle } from './browser.js';
import { measureLab } from './measured-lab.js';
import { layOut } from './networks.js';

const [network = 'resnet50', photographs = '16'] = process.argv.slice(2);

/** The tasks of the page's thread of more than 50 ms, in milliseconds, longest first. */
const longTasks = (page: Page): Promise<number[]> =>
  page.evaluate(() => [...(globalThis as unknown as { tasks: number[] }).tasks].sort((a, b) => b - a));

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Time of the processor in the thread, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The tasks of the main threads of pages that took the processor longest, in milliseconds: other work does not count in them. */
function processorTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const keyOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const names = traceEvents.filter(({ name }) => name === 'thread_name');
  const main = new Set(names.filter(({ args }) => args.name === 'CrRendererMain').map(keyOf));
  const tasks = traceEvents.filter((event) => event.tdur !== undefined && main.has(keyOf(event)));
  return tasks.map(({ tdur = 0 }) => Math.round(tdur / 1000)).sort((a, b) => b - a);
}

/** Bytes of the processes of pages, from the system's table: memory that several share counts in parts. */
function memory(): number {
  const processes = readdirSync('/proc').filter((each) => /^\d+$/.test(each));
  const bytes = processes.map((name) => {
    try {
      const isPage = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer');
      const [, size = '0'] = isPage
        ? (/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${name}/smaps_rollup`, 'utf8')) ?? [])
        : [];
      return Number(size) * 1024;
    } catch {
      return 0; // A process that ended meanwhile.
    }
  });
  return Math.max(...bytes);
}

let peak = 0;
const sampling = setInterval(() => (peak = Math.max(peak, memory())), 250);
await measureLab(async ({ browser, address, folder }) => {
  const paths = await layOut(folder, network, Number(photographs));
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const tasks: number[] = ((globalThis as unknown as { tasks: number[] }).tasks = []);
    const take = (list: PerformanceObserverEntryList): void =>
      void tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
    new PerformanceObserver(take).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(address);
  const empty = memory();
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.locator('input[data-files=files]').setInputFiles(paths);
  await idle(page);
  const start = Date.now();
  await calibrate(page);
  console.log(`calibrated and emulated in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  console.log(
    `tasks of more than 50 ms, other work of the machine in them: ${(await longTasks(page)).join(', ') || 'none'}`,
  );
  const [longest = 0, ...others] = processorTasks(await browser.stopTracing());
  console.log(`time of the processor: the longest task ${longest} ms, the next ${others.slice(0, 4).join(', ')} ms`);
  console.log(`memory of the tab: ${megabytes(empty)} empty, ${megabytes(peak)} at most`);
  process.exitCode = longest > 100 ? 1 : 0;
}).finally(() => clearInterval(sampling));

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
