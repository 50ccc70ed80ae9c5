// A network that cuts, delays, throttles, swallows and corrupts, between two programs of our own over TCP, at seeded places: a session fails with
// a reason or is complete; nothing half-written is left; and asking again over a sound network brings everything.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionSnapshot } from '@scamander/session';
import { discover, type SSTableFiles } from '@scamander/sstable-io';
import { systemClock } from '@scamander/throttle';
import { type Transport, tcpTransport, tlsTransport } from '@scamander/transport';
import {
  type Fault,
  type FaultProxy,
  makeCertificates,
  randomFault,
  seededRandom,
  startFaultProxy,
  withTempFolder,
} from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServeOptions } from '../../src/serve/serve.ts';
import {
  componentBytes,
  copyTable,
  partsWith,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';
import { askFor } from './pulls.ts';
import { rowsOf } from './rows-of.ts';

const RELEASE = '5.0.6-nb';
const LOCALHOST = '127.0.0.1';
/** Short waits, for what is swallowed. */
const IMPATIENT = {
  prepareSynAckMs: 700,
  nextFileMs: 700,
  fileStallMs: 700,
  messageMs: 700,
  completeMs: 700,
  handshakeMs: 700,
};

interface Story {
  readonly data: string;
  readonly folder: string;
  /** Between us and the node: control connections. */
  readonly there: FaultProxy;
  /** Between the node and us: files. */
  readonly back: FaultProxy;
  ask(into: string): Promise<SessionSnapshot>;
}

const freshPort = async (): Promise<number> => {
  const listening = await tcpTransport({ clock: systemClock }).listen({ host: LOCALHOST, port: 0 });
  if (listening._tag === 'Left') throw listening.left;
  const { port } = listening.right.endpoint;
  await listening.right.close();
  return port;
};

/** A node that has some tables, and us, with a proxy on either way. */
const story = (
  tables: readonly string[],
  options: Pick<ServeOptions, 'entire'>,
  tell: (story: Story) => Promise<void>,
  transport: () => Transport = () => tcpTransport({ clock: systemClock }),
): Promise<void> =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'data');
    for (const table of tables) copyTable(RELEASE, table, data);
    const parts = () => partsWith(transport());
    const node = await startNode(
      { dataDirectory: data, listen: { host: LOCALHOST, port: 0 }, ...options },
      parts(),
    );
    const us = { host: LOCALHOST, port: await freshPort() };
    const there = await startFaultProxy({ target: () => node.endpoint });
    const back = await startFaultProxy({ target: () => us });
    try {
      await tell({
        data,
        folder,
        there,
        back,
        ask: async (into) =>
          askFor(
            {
              peer: node.endpoint,
              addressMap: () => there.endpoint,
              at: us,
              announce: back.endpoint,
              requests: [{ keyspace: 'demo' }],
              tables: await tablesOf([data]),
              dataDirectory: join(folder, into),
              timeouts: IMPATIENT,
            },
            parts(),
          ),
      });
    } finally {
      await node.close();
      await Promise.all([there.close(), back.close()]);
    }
    const rests = snapshot(folder).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(rests, [], 'staging folders');
  });

const sstablesIn = async (data: string): Promise<readonly SSTableFiles[]> =>
  (await discover([data])).tables.flatMap(({ sstables }) => sstables);

const dataBytes = (sstables: readonly SSTableFiles[]): readonly string[] =>
  sstables.map((files) => componentBytes(files, 'Data.db').toString('base64')).sort();

const nothing = (): readonly Fault[] => [];

/** Codes that a network may cause; anything else would be a mistake of ours. A close before the first byte looks like a node that wants TLS. */
const OF_THE_NETWORK = /^SCM_STREAM_(CONNECTION_LOST|PEER_FAILED|TIMEOUT|UNREACHABLE|TLS)$/;

for (const entire of ['auto', 'never'] as const) {
  test(`cuts, delays, throttles and holes, entire ${entire}: a typed failure or all of it, then all of it`, () =>
    story(['users', 'with_none'], { entire }, async ({ data, folder, there, back, ask }) => {
      const random = seededRandom(entire === 'auto' ? 5 : 6);
      const source = await rowsOf(await sstablesBelow(data));
      const ends = new Map<string, number>();
      for (let run = 0; run < 16; run += 1) {
        const isControl = run % 3 === 0;
        const fault = randomFault(random, {
          directions: ['forth', 'back'],
          types: run % 5 === 0 ? ['hole'] : ['cut', 'cut', 'delay', 'throttle'],
          bytes: isControl ? 150 : 15_000,
        });
        const which = run % 2;
        const [first, second] = [there.connections, back.connections];
        there.setFaults((connection) => (isControl && connection === first ? [fault] : []));
        back.setFaults((connection) =>
          !isControl && connection === second + which ? [fault] : [],
        );
        const session = await ask('pulled');
        const { state, error } = session;
        ends.set(state, (ends.get(state) ?? 0) + 1);
        if (state === 'COMPLETE')
          assert.equal(await rowsOf(await sstablesBelow(join(folder, 'pulled'))), source);
        else
          assert.match(
            error?.code ?? 'none',
            OF_THE_NETWORK,
            JSON.stringify({ fault, error }, (_, value: unknown) =>
              typeof value === 'bigint' ? String(value) : value,
            ),
          );
        if (session.outcome === 'nothing-applied')
          assert.equal(await sstablesIn(join(folder, 'pulled')), []);
        there.setFaults(nothing);
        back.setFaults(nothing);
        rmSync(join(folder, 'pulled'), { recursive: true, force: true });
        assert.is((await ask('pulled')).state, 'COMPLETE', 'over a sound network');
        assert.equal(await rowsOf(await sstablesBelow(join(folder, 'pulled'))), source);
        rmSync(join(folder, 'pulled'), { recursive: true });
      }
      assert.ok((ends.get('FAILED') ?? 0) >= 4, JSON.stringify([...ends]));
      assert.ok((ends.get('COMPLETE') ?? 0) >= 2, JSON.stringify([...ends]));
    }));
}

/** Behind the header of STREAM. */
const PAYLOAD_AT = 1_500;

for (const [table, entire] of [
  ['with_lz4', 'auto'],
  ['with_lz4', 'never'],
  ['with_none', 'auto'],
] as const) {
  test(`a bit turned inside the payload of ${table}, entire ${entire}: never kept in Data.db`, () =>
    story([table], { entire }, async ({ data, folder, back, ask }) => {
      const random = seededRandom(7);
      const there = dataBytes(await sstablesBelow(data));
      const [files] = await sstablesBelow(data);
      if (files === undefined) throw new Error('no SSTable');
      const source = await rowsOf([files]);
      const bytes = files.components.get('Data.db') ?? 0;
      let refused = 0;
      for (let run = 0; run < 12; run += 1) {
        const fault: Fault = {
          direction: 'forth',
          type: 'corrupt',
          atByte: PAYLOAD_AT + Math.floor(random() * bytes * 0.9),
          xor: 1 << Math.floor(random() * 8),
        };
        const before = back.connections;
        back.setFaults((connection) => (connection === before ? [fault] : []));
        const session = await ask('pulled');
        const here = await sstablesIn(join(folder, 'pulled'));
        if (session.state === 'COMPLETE') {
          // what has no checksum of its own may come through: the filter, say
          if (entire === 'auto') assert.equal(dataBytes(here), there);
          else assert.equal(await rowsOf(here), source);
        } else {
          refused += 1;
          assert.match(
            session.error?.code ?? 'none',
            /^SCM_STREAM_(FILE|PROTOCOL|CONNECTION_LOST)$/,
          );
          assert.equal(here, []);
        }
        rmSync(join(folder, 'pulled'), { recursive: true, force: true });
      }
      assert.ok(refused >= 8, `${refused} of 12 refused`);
      back.setFaults(nothing);
      assert.is((await ask('pulled')).state, 'COMPLETE');
    }));
}

test('over TLS no turned bit gets through', async () => {
  const { ca, serverCert: cert, serverKey: key } = await makeCertificates();
  await story(
    ['with_none'],
    { entire: 'never' },
    async ({ data, folder, there, back, ask }) => {
      const random = seededRandom(8);
      const source = await rowsOf(await sstablesBelow(data));
      for (let run = 0; run < 8; run += 1) {
        const [proxy, other] = run % 2 === 0 ? [there, back] : [back, there];
        other.setFaults(nothing);
        const fault: Fault = {
          direction: run % 4 < 2 ? 'forth' : 'back',
          type: 'corrupt',
          atByte: Math.floor(random() * 1_200),
          xor: 1 << Math.floor(random() * 8),
        };
        const before = proxy.happened.length;
        proxy.setFaults(() => (proxy.happened.length > before ? [] : [fault]));
        const session = await ask('pulled');
        const told = JSON.stringify({ fault, error: session.error });
        if (session.state === 'COMPLETE') {
          // a file connection that was refused is dialled again
          assert.equal(await rowsOf(await sstablesBelow(join(folder, 'pulled'))), source, told);
        } else assert.equal(await sstablesIn(join(folder, 'pulled')), [], told);
        rmSync(join(folder, 'pulled'), { recursive: true, force: true });
      }
      assert.ok(there.happened.length + back.happened.length >= 6);
    },
    () => tlsTransport({ clock: systemClock, ca, cert, key }),
  );
});

test.run();
