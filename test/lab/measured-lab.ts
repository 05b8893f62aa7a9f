import { rmSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { scratchFolder } from '../scratch.js';
import { installed, servedLab } from './browser.js';

/** A lab that a program measures. */
interface MeasuredLab {
  readonly browser: Browser;
  readonly address: string;
  /** A folder for files, which is removed at the end. */
  readonly folder: string;
}

/** Serves the lab, starts Chromium and lets a program measure there. Says so where none is installed. */
export async function measureLab(measure: (lab: MeasuredLab) => Promise<void>): Promise<void> {
  const executablePath = installed('chromium', 'chromium-browser', 'google-chrome');
  if (executablePath === undefined) return console.log('skipped: Chromium is not installed');
  const folder = scratchFolder();
  const served = await servedLab();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    await measure({ browser, address: served.address, folder });
  } finally {
    await browser.close();
    served.close();
    rmSync(folder, { recursive: true });
  }
}
