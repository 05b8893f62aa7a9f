import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultLines } from '../../src/report/fault-lines.js';

test('channels of one key share a line', () => {
  const faults = [0, 1, 2].map(
    (channel) =>
      ({ entry: 'a', key: 'scale', channel, message: `bad ${channel}.`, severity: 'fault', derivable: true }) as const,
  );
  assert.equal(faultLines(faults, 'q.json'), ['q.json: entry "a": scale[0]: bad 0. (and 2 more channels)']);
});

test.run();
