// A network between us and real nodes that cuts, delays, throttles and corrupts at seeded places: what breaks is said and tried again, and in the
// end every row is there, once.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Node, oneRelease, type Release } from '@scamander-tools/real-cassandra';
import {
  type Fault,
  type FaultProxy,
  randomFault,
  seededRandom,
  startFaultProxy,
  withTempFolder,
} from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type PullEvent,
  type PullOptions,
  type PullReport,
  pull,
  type RetryPolicy,
} from '../src/index.ts';
import { sstablesBelow } from '../test/harness.ts';
import { rowsOf } from '../test/stories/rows-of.ts';
import {
  BULKY,
  type Bulky,
  type BulkyName,
  bulkyNames,
  bulkyRows,
  writeBulky,
} from './support/bulky.ts';
import { loadInto } from './support/loading.ts';
import { type Cql, withLoadNode } from './support/nodes.ts';
import { assertSameRows } from './support/rows.ts';

/** Tries follow each other at once: the proxy is sound again. */
const AT_ONCE: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 1,
  factor: 1,
  maxDelayMs: 1,
  jitter: 0,
};

const ROUNDS = 6;

interface Story {
  readonly node: Node;
  readonly folder: string;
  readonly bulky: Bulky;
  /** Between us and the node. */
  readonly there: FaultProxy;
}

/**
 * The fault comes once: to the first connection that gets so far, and to those that were opened before. A node says 12 bytes on connections
 * that carry no session and on those that carry files, and hears at most 120 on those that carry no files.
 */
const once = (proxy: FaultProxy, fault: Fault): void => {
  const before = proxy.happened.length;
  proxy.setFaults(() => (proxy.happened.length > before ? [] : [fault]));
};
const CONTROL_FROM = 13;
const CONTROL_BYTES = 30;
const FILES_FROM = 200;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });

/** Pulls; one that could not even begin is an error. */
const pullTo = async (
  options: PullOptions,
  onPlanned: () => void,
): Promise<{ report: PullReport; events: readonly PullEvent[] }> => {
  const run = pull(options);
  const events: PullEvent[] = [];
  run.events$.subscribe((event) => {
    if (event.type === 'Planned') onPlanned();
    if (event.type !== 'FileChunk') events.push(event);
  });
  const result = await run.result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  return { report: result.right, events };
};

const emptied = async (node: Node): Promise<void> => {
  const cql = await node.cql();
  for (const name of bulkyNames) await cql.execute(`TRUNCATE ${BULKY}.${name}`);
};

/** The node's rows are those that were written, and its own tool finds its SSTables sound. */
const assertArrived = async (node: Node, { rows }: Bulky): Promise<void> => {
  const cql = await node.cql();
  for (const name of bulkyNames)
    assertSameRows(await bulkyRows(cql, name), rows.get(name) ?? [], name);
};

/** A fault of a connection of control, or of one with files. */
const faultOf = (
  random: () => number,
  isControl: boolean,
  types: readonly Fault['type'][],
): Fault => {
  const fault = randomFault(random, {
    directions: [isControl ? 'back' : 'forth'],
    types,
    bytes: isControl ? CONTROL_BYTES : 150_000,
  });
  return { ...fault, atByte: fault.atByte + (isControl ? CONTROL_FROM : FILES_FROM) };
};

const loadThroughFaults = async ({ node, bulky, there }: Story): Promise<void> => {
  const random = seededRandom(21);
  const retried: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await emptied(node);
    const types = round === 1 ? (['delay', 'throttle'] as const) : (['cut'] as const);
    const fault = faultOf(random, round % 3 === 0, types);
    once(there, fault);
    const { report, events } = await loadInto(node, {
      paths: [bulky.source],
      entire: round % 2 === 0 ? 'auto' : 'never',
      addressMap: new Map([[node.address, `${there.endpoint.host}:${there.endpoint.port}`]]),
      retry: AT_ONCE,
    });
    const told = JSON.stringify({ round, fault, problems: report.problems });
    assert.is(report.verdict, 'complete', told);
    for (const event of events) if (event.type === 'Retrying') retried.push(event.reason);
    await assertArrived(node, bulky);
  }
  assert.ok(there.happened.length >= ROUNDS, JSON.stringify(there.happened));
  assert.ok(retried.length >= ROUNDS - 1, JSON.stringify([retried, there.happened]));
};

const MINIMUM = -(2n ** 63n);

const HALF = { left: MINIMUM, right: 0n };

/** Sections of uncompressed SSTables carry no checksum: a bit turned there is nobody's to find. */
const PULLS = [
  { fault: 'cut', isControl: true, table: undefined, ranges: undefined },
  { fault: 'cut', isControl: false, table: undefined, ranges: [HALF] },
  { fault: 'corrupt', isControl: false, table: undefined, ranges: undefined },
  { fault: 'corrupt', isControl: false, table: 'packed', ranges: [HALF] },
  { fault: 'cut', isControl: true, table: undefined, ranges: [HALF] },
  { fault: 'throttle', isControl: false, table: undefined, ranges: undefined },
  { fault: 'delay', isControl: false, table: 'plain', ranges: [HALF] },
  { fault: 'cut', isControl: false, table: 'plain', ranges: undefined },
] as const;

const digestOf = (rows: readonly string[]): string =>
  `${rows.length} ${createHash('sha256').update(rows.join('\n')).digest('hex')}`;

/** Both ways: we to the node, and the node to us. */
const pullThroughFaults = async ({ node, folder, bulky, there }: Story): Promise<void> => {
  const random = seededRandom(22);
  const us = { host: '127.0.0.1', port: await freePort() };
  const back = await startFaultProxy({ target: () => us });
  try {
    for (const [round, { fault: type, isControl, table, ranges }] of PULLS.entries()) {
      const fault = faultOf(random, isControl, [type]);
      for (const proxy of [there, back]) proxy.setFaults(() => []);
      const into = join(folder, `pulled-${round}`);
      const { report, events } = await pullTo(
        {
          names: [{ keyspace: BULKY, table }],
          source: {
            kind: 'cluster',
            contactPoints: [{ host: node.address, port: node.nativePort }],
          },
          addressMap: new Map([[node.address, `${there.endpoint.host}:${there.endpoint.port}`]]),
          listen: us,
          announce: back.endpoint,
          into,
          retry: AT_ONCE,
          ...(ranges === undefined
            ? {}
            : { ranges: ranges.map(({ left, right }) => `${left}:${right}`) }),
        },
        // a preview that is cut before costs the plan its sizes, and nothing is tried again
        () => once(isControl ? there : back, fault),
      );
      const retried = events.filter((event) => event.type === 'Retrying');
      const told = JSON.stringify({ round, fault, retried, problems: report.problems });
      assert.is(report.verdict, 'complete', told);
      const breaks = type === 'cut' || type === 'corrupt';
      assert.is(retried.length > 0, breaks, told);
      const source = (await sstablesBelow(bulky.source)).filter(
        ({ descriptor }) => table === undefined || descriptor.table === table,
      );
      const here = await sstablesBelow(into);
      assert.is(digestOf(await rowsOf(here)), digestOf(await rowsOf(source, ranges)), told);
    }
  } finally {
    await back.close();
  }
};

/** What `nodetool verify` says of a table. */
const verified = (node: Node, table: BulkyName, family: string): Promise<string> =>
  node.nodetool('verify', ...(family === '4.0' ? ['-e'] : ['-f', '-e']), BULKY, table).then(
    () => 'sound',
    (error: Error) => error.message,
  );

const readable = (cql: Cql, { rows }: Bulky, table: BulkyName): Promise<string> =>
  bulkyRows(cql, table).then(
    (found) => (JSON.stringify(found) === JSON.stringify(rows.get(table)) ? 'right' : 'wrong'),
    () => 'fails',
  );

/**
 * What a node does with a transfer in which one bit was turned on the way. Nodes check chunks of compressed sections; whole SSTables they take as
 * they come, and sections of uncompressed ones carry no checksum at all: docs/OPERATING.md says what follows.
 */
const loadTurnedBits = async ({ node, bulky, there }: Story, family: string): Promise<void> => {
  const cql = await node.cql();
  const found = [];
  for (const [table, entire] of [
    ['packed', 'never'],
    ['packed', 'auto'],
    ['plain', 'auto'],
    ['plain', 'never'],
  ] as const) {
    await emptied(node);
    once(there, { direction: 'forth', type: 'corrupt', atByte: 60_001, xor: 4 });
    const name = readdirSync(join(bulky.source, BULKY)).find((one) => one.startsWith(table)) ?? '';
    const { report, events } = await loadInto(node, {
      paths: [join(bulky.source, BULKY, name)],
      entire,
      connections: 1,
      addressMap: new Map([[node.address, `${there.endpoint.host}:${there.endpoint.port}`]]),
      retry: AT_ONCE,
    });
    assert.is(report.verdict, 'complete');
    const tries = events.filter(({ type }) => type === 'Retrying').length + 1;
    const verify = await verified(node, table, family);
    const rows = await readable(cql, bulky, table);
    found.push([table, entire, tries, rows, /Corrupted|Invalid/i.test(verify) ? 'found' : verify]);
  }
  assert.equal(found, [
    ['packed', 'never', 2, 'right', 'sound'],
    ['packed', 'auto', 1, 'fails', 'found'],
    ['plain', 'auto', 1, 'wrong', 'found'],
    ['plain', 'never', 1, 'wrong', 'sound'],
  ]);
  await emptied(node);
};

const story = (release: Release, tell: (story: Story) => Promise<void>): Promise<void> =>
  withLoadNode(release, (node) =>
    withTempFolder(async (folder) => {
      const bulky = await writeBulky(node, join(folder, 'source'));
      const there = await startFaultProxy({
        target: () => ({ host: node.address, port: node.storagePort }),
      });
      try {
        await tell({ node, folder, bulky, there });
      } finally {
        await there.close();
      }
    }),
  );

for (const release of oneRelease('5.0.6-none')) {
  test(`${release.name}: pulls and loads through a network that cuts, delays, throttles and turns bits`, () =>
    story(release, async (told) => {
      await pullThroughFaults(told);
      await loadThroughFaults(told);
      await loadTurnedBits(told, release.family);
    }));
}

test.run();
