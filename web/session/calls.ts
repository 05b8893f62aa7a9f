import { calibrate, fileText } from './calibrate.js';
import { inspect } from './inspect.js';
import { mount } from './mount.js';
import { preview } from './preview.js';
import { recognise } from './recognise.js';

/** What a page can ask of the session, by name. */
export const calls = { mount, recognise, inspect, preview, calibrate, fileText };

/** The types of {@link calls}. */
export type Calls = typeof calls;
