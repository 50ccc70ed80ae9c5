// What bounds a transfer: a table of seconds as they may be, and what never happens whatever the counters say.
import { type Bound, BoundWatch, boundOf, type TransferCounters } from '@scamander/scamander';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const START: TransferCounters = {
  atMs: 10_000,
  transfers: 0,
  transferMs: 5_000,
  throttleMs: 100,
  diskMs: 200,
  socketMs: 300,
  bytes: 1_000,
  kernelTurnsMs: 400,
  cpuMs: 2_000,
  mainThreadMs: 1_500,
  cores: 4,
  peers: [],
};

type Change = Partial<Omit<TransferCounters, 'peers' | 'cores'>>;

/** The sample a second later. */
const later = (change: Change, more: Partial<TransferCounters> = {}): TransferCounters => {
  const sums = { atMs: 1_000, ...change };
  const added = Object.entries(sums).map(([name, value]) => [
    name,
    Number(START[name as keyof Change]) + value,
  ]);
  return { ...START, ...Object.fromEntries(added), ...more };
};

const seconds: readonly [string, Change, Bound | undefined][] = [
  ['nothing was under way', { socketMs: 0 }, undefined],
  [
    'two transfers waited for the limiter most',
    { transferMs: 2_000, throttleMs: 1_500, diskMs: 300 },
    'throttle',
  ],
  [
    'the limiter, although the machine is busy with something else',
    { transferMs: 1_000, throttleMs: 700, cpuMs: 4_000 },
    'throttle',
  ],
  ['the disk', { transferMs: 1_000, diskMs: 600, socketMs: 300 }, 'disk'],
  ['the socket', { transferMs: 1_000, diskMs: 300, socketMs: 600 }, 'network'],
  [
    'a busy main thread makes everything look waited for',
    { transferMs: 1_000, socketMs: 900, mainThreadMs: 900, cpuMs: 900 },
    'cpu',
  ],
  ['all cores', { transferMs: 1_000, socketMs: 900, mainThreadMs: 500, cpuMs: 3_600 }, 'cpu'],
  [
    'three of four cores are not all',
    { transferMs: 1_000, socketMs: 900, mainThreadMs: 500, cpuMs: 3_000 },
    'network',
  ],
  [
    'the kernel’s thread does nothing but copy',
    { transferMs: 1_000, diskMs: 950, kernelTurnsMs: 950, mainThreadMs: 50, cpuMs: 1_000 },
    'cpu',
  ],
  [
    'the kernel’s thread waits for the disk',
    { transferMs: 1_000, diskMs: 950, kernelTurnsMs: 950, mainThreadMs: 50, cpuMs: 200 },
    'disk',
  ],
  [
    'nothing stands out',
    { transferMs: 1_000, throttleMs: 100, diskMs: 200, socketMs: 240 },
    undefined,
  ],
];

for (const [name, change, expected] of seconds)
  test(`${name}: ${expected ?? 'no bound'}`, () => {
    assert.equal(boundOf(START, later(change)), { boundBy: expected, peer: undefined });
  });

const peer = (name: string, socketMs: number, bytes: number) => ({
  peer: name,
  transferMs: 1_000,
  throttleMs: 0,
  diskMs: 0,
  socketMs,
  bytes,
});

const peers: readonly [string, readonly ReturnType<typeof peer>[], string | undefined][] = [
  [
    'the one that is waited for while another moves',
    [peer('a', 100, 9_000), peer('b', 950, 10)],
    'b',
  ],
  ['not where all are waited for', [peer('a', 900, 10), peer('b', 950, 10)], undefined],
  ['not where there is only one', [peer('a', 900, 10)], undefined],
  ['not where the others do nothing', [peer('a', 900, 10), peer('b', 0, 0)], undefined],
];

for (const [name, of, expected] of peers)
  test(`a peer: ${name}`, () => {
    const sample = later({ transferMs: 2_000, socketMs: 1_050 }, { peers: of });
    const boundBy = expected === undefined ? 'network' : 'peer';
    assert.equal(boundOf(START, sample), { boundBy, peer: expected });
  });

test('the past is forgotten after some seconds', () => {
  const watch = new BoundWatch();
  const verdicts: (Bound | undefined)[] = [];
  let sample = START;
  for (let second = 0; second < 12; second += 1) {
    sample = {
      ...sample,
      atMs: sample.atMs + 1_000,
      transferMs: sample.transferMs + 1_000,
      [second < 6 ? 'diskMs' : 'throttleMs']: sample[second < 6 ? 'diskMs' : 'throttleMs'] + 1_000,
    };
    verdicts.push(watch.see(sample).boundBy);
  }
  assert.is(verdicts[0], undefined, 'one sample says nothing');
  assert.is(verdicts[5], 'disk');
  assert.is(verdicts.at(-1), 'throttle');
});

test('whatever the counters: a verdict is for something that was waited for, or for a busy processor', () => {
  const ms = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(
      ms,
      ms,
      ms,
      ms,
      ms,
      ms,
      (transferMs, throttleMs, diskMs, socketMs, cpuMs, mainThreadMs) => {
        const change = { transferMs, throttleMs, diskMs, socketMs, cpuMs, mainThreadMs };
        const { boundBy } = boundOf(START, later(change));
        if (transferMs === 0) return boundBy === undefined;
        if (boundBy === 'throttle') return throttleMs > 0;
        if (boundBy === 'disk') return diskMs > 0;
        if (boundBy === 'network') return socketMs > 0;
        if (boundBy === 'cpu') return mainThreadMs >= 850 || cpuMs >= 3_400;
        return boundBy === undefined;
      },
    ),
  );
});

test.run();
