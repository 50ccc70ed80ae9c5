// Receipts verified: files that are as they were and files that are not, and embedded nodes that still have what they took, or lost some of it.
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FrontDoorParts } from '../../../src/parts.ts';
import { pull } from '../../../src/pull/pull.ts';
import type { Receipt } from '../../../src/receipt/receipt.ts';
import { decodeReceipt } from '../../../src/receipt/receipt-codec.ts';
import { verifyReceipt } from '../../../src/receipt/verify/verify-receipt.ts';
import type {
  VerifyFinding,
  VerifyOptions,
  VerifyReport,
} from '../../../src/receipt/verify/verify-types.ts';
import { copyTable, loaded, partsWith, sstablesBelow, startNode, tablesOf } from '../../harness.ts';
import { compacted } from './tables.ts';

const RELEASE = '4.1.10-nb';

const world = (): FrontDoorParts => partsWith(tcpTransport({ clock: systemClock }));

/** As it would be read from its file. */
const reread = (receipt: Receipt): Receipt => {
  const read = decodeReceipt(JSON.stringify(receipt), 'receipt.json');
  if (read._tag === 'Left') throw new Error(read.left.message);
  return read.right;
};

const verified = async (receipt: Receipt, options: VerifyOptions = {}): Promise<VerifyReport> => {
  const found: VerifyFinding[] = [];
  const job = verifyReceipt(receipt, options, { parts: world() });
  job.events$.subscribe((event) => {
    if (event.type === 'Found') found.push(event.finding);
  });
  const report = await job.result;
  if (report._tag === 'Left') throw new Error(`${report.left.code}: ${report.left.message}`);
  assert.equal(report.right.findings, found);
  return report.right;
};

const refused = async (receipt: Receipt, options: VerifyOptions = {}): Promise<string> => {
  const report = await verifyReceipt(receipt, options, { parts: world() }).result;
  return report._tag === 'Left' ? `${report.left.code} ${report.left.message}` : 'not refused';
};

const shortly = ({ findings }: VerifyReport): readonly string[] =>
  findings.map((finding) =>
    [
      finding.kind,
      basename(finding.path),
      ...(finding.kind === 'changed' ? [finding.what] : []),
    ].join(' '),
  );

type Scene = {
  readonly folder: string;
  /** The table directory that was loaded. */
  readonly source: string;
  readonly receipt: Receipt;
};

/** Loads the two SSTables of a table into an embedded node and closes that. */
const withLoad = (
  digests: 'crc32' | 'sha256',
  body: (scene: Scene) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, 'users', join(folder, 'source'));
    const node = await startNode(
      {
        dataDirectory: join(folder, 'node'),
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([source]),
      },
      world(),
    );
    try {
      const { report } = await loaded(
        { paths: [source], target: { kind: 'direct', nodes: [node.endpoint] }, digests },
        world(),
      );
      assert.is(report.verdict, 'complete');
      await body({ folder, source, receipt: reread(report.receipt) });
    } finally {
      await node.close();
    }
  });

const flip = (path: string): void => {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
};

test('the sources of a load: every file is there, and every one that is not, or is another, is named', () =>
  withLoad('sha256', async ({ source, receipt }) => {
    const files = readdirSync(source).length;
    const clean = await verified(receipt);
    assert.equal(
      [clean.verdict, clean.sstables, clean.files, clean.unproven, shortly(clean)],
      ['verified', 2, files, 0, []],
    );
    assert.ok(clean.bytes > 0);
    for (const name of readdirSync(source)) {
      const path = join(source, name);
      const before = readFileSync(path);
      if (before.length > 0) {
        flip(path);
        assert.equal(shortly(await verified(receipt)), [`changed ${name} CRC-32`]);
      }
      writeFileSync(path, Buffer.concat([before, Buffer.from('x')]));
      assert.equal(shortly(await verified(receipt)), [`changed ${name} size`]);
      rmSync(path);
      const gone = await verified(receipt);
      assert.equal([gone.verdict, ...shortly(gone)], ['differs', `missing ${name}`]);
      writeFileSync(path, before);
    }
    assert.is((await verified(receipt)).verdict, 'verified');
  }));

test('a component that nobody knew of is surplus; an SSTable beside those that were loaded is not', () =>
  withLoad('sha256', async ({ source, receipt }) => {
    for (const name of readdirSync(source))
      if (name.startsWith('nb-1-'))
        cpSync(join(source, name), join(source, name.replace('-1-', '-99-')));
    assert.equal(shortly(await verified(receipt)), []);
    writeFileSync(join(source, 'nb-1-big-Extra.db'), 'x');
    assert.equal(shortly(await verified(receipt)), ['surplus nb-1-big-Extra.db']);
  }));

test('two files with the same CRC-32 are told apart by their SHA-256, but not quickly', () =>
  withLoad('sha256', async ({ receipt }) => {
    const [source] = receipt.sources;
    const data = source?.components['Data.db'];
    if (source === undefined || data === undefined) throw new Error('no source');
    const other = { ...data, sha256: '0'.repeat(64) };
    const forged: Receipt = {
      ...receipt,
      sources: [{ ...source, components: { ...source.components, 'Data.db': other } }],
    };
    assert.equal(shortly(await verified(forged)), [`changed ${basename(source.sstable)} SHA-256`]);
    assert.equal(shortly(await verified(forged, { level: 'quick' })), []);
  }));

test('of files whose digests nobody asked for, it is said how many are not proven', () =>
  withLoad('crc32', async ({ source, receipt }) => {
    const report = await verified(receipt);
    assert.is(report.verdict, 'verified');
    const known = receipt.sources
      .flatMap(({ components }) => Object.values(components))
      .filter(({ crc32 }) => crc32 !== undefined).length;
    assert.ok(known > 0);
    assert.is(report.unproven, report.files - known);
    assert.is(report.files, readdirSync(source).length);
  }));

test('moved and renamed, SSTables are found by what they are; what else lies there is surplus', () =>
  withLoad('sha256', async ({ folder, source, receipt }) => {
    const there = join(folder, 'there', 'demo', basename(source));
    mkdirSync(there, { recursive: true });
    for (const name of readdirSync(source)) {
      const [version, id, ...rest] = name.split('-');
      cpSync(join(source, name), join(there, [version, `${id}00`, ...rest].join('-')));
    }
    rmSync(source, { recursive: true });
    assert.is((await verified(receipt)).verdict, 'differs');
    const data = join(folder, 'there');
    assert.is((await verified(receipt, { data })).verdict, 'verified');
    copyTable(RELEASE, 'readings', data);
    const surplus = await verified(receipt, { data });
    assert.is(surplus.verdict, 'differs');
    assert.ok(surplus.findings.length > 0);
    for (const { kind, path } of surplus.findings)
      assert.ok(kind === 'surplus' && path.includes('/readings-'), `${kind} ${path}`);
  }));

test('what an earlier pull brought into the directory is no surplus of a later one', () =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'node');
    const table = copyTable(RELEASE, 'users', data);
    const into = join(folder, 'pulled');
    const pulled = async (): Promise<Receipt> => {
      const node = await startNode(
        { dataDirectory: data, listen: { host: '127.0.0.1', port: 0 } },
        world(),
      );
      const report = await pull(
        {
          names: [{ keyspace: 'demo', table: 'users' }],
          source: { kind: 'direct', nodes: [node.endpoint] },
          into,
          digests: 'sha256',
        },
        { parts: world() },
      ).result;
      await node.close();
      if (report._tag === 'Left') throw new Error(report.left.message);
      return reread(report.right.receipt);
    };
    const first = await pulled();
    for (const name of readdirSync(table)) if (name.startsWith('nb-1-')) rmSync(join(table, name));
    const second = await pulled();
    assert.equal([first.receptions.length, second.receptions.length], [2, 1]);
    assert.equal(shortly(await verified(second)), []);
    assert.equal(shortly(await verified(first)), []);
  }));

test('a pulled directory: every SSTable of the receipt, and no other', () =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, 'users', join(folder, 'node'));
    const node = await startNode(
      { dataDirectory: join(folder, 'node'), listen: { host: '127.0.0.1', port: 0 } },
      world(),
    );
    const into = join(folder, 'pulled');
    const pulled = await pull(
      {
        names: [{ keyspace: 'demo', table: 'users' }],
        source: { kind: 'direct', nodes: [node.endpoint] },
        into,
        digests: 'sha256',
      },
      { parts: world() },
    ).result;
    await node.close();
    if (pulled._tag === 'Left') throw new Error(pulled.left.message);
    const receipt = reread(pulled.right.receipt);
    const clean = await verified(receipt);
    assert.equal([clean.verdict, clean.sstables, clean.unproven], ['verified', 2, 0]);
    const moved = join(folder, 'moved');
    renameSync(into, moved);
    assert.is((await verified(receipt)).verdict, 'differs');
    assert.is((await verified(receipt, { data: moved })).verdict, 'verified');
    const [first] = await sstablesBelow(moved);
    if (first === undefined) throw new Error('nothing was pulled');
    const { directory, prefix } = first.descriptor;
    for (const name of first.components.keys()) {
      const to = join(directory, `${prefix}${name}`.replace(/^(\w+)-\w+-/, '$1-4711-'));
      cpSync(join(directory, `${prefix}${name}`), to);
    }
    assert.equal(shortly(await verified(receipt, { data: moved })), [
      'surplus nb-4711-big-Data.db',
    ]);
    rmSync(join(directory, `${prefix}Data.db`));
    assert.equal([...shortly(await verified(receipt, { data: moved }))].sort(), [
      `missing ${prefix}Data.db`,
      'surplus nb-4711-big-Data.db',
    ]);
    const [reception] = receipt.receptions;
    if (reception === undefined) throw new Error('no reception');
    for (const sstable of [
      '../x/nb-1-big-Data.db',
      '/etc/nb-1-big-Data.db',
      'a/../../nb-1-big-Data.db',
    ])
      assert.match(
        await refused({ ...receipt, receptions: [{ ...reception, sstable }] }),
        /^SCM_RECEIPT_FORMAT .* outside/,
      );
    assert.match(
      await refused(receipt, { against: { source: { kind: 'direct', nodes: [node.endpoint] } } }),
      /^SCM_VERIFY_USAGE /,
    );
    assert.ok(readdirSync(source).length > 0);
  }));

/** The same, and the node goes on, on a folder that the test may change while it is down. */
const withNode = (
  body: (
    scene: Scene & {
      readonly data: string;
      readonly against: (
        change: () => Promise<void> | void,
        options?: VerifyOptions,
      ) => Promise<VerifyReport>;
    },
  ) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, 'users', join(folder, 'source'));
    const data = join(folder, 'node');
    const start = async (port: number) =>
      startNode(
        {
          dataDirectory: data,
          listen: { host: '127.0.0.1', port },
          tables: await tablesOf([source]),
        },
        world(),
      );
    const first = await start(0);
    const { report } = await loaded(
      { paths: [source], target: { kind: 'direct', nodes: [first.endpoint] }, digests: 'sha256' },
      world(),
    );
    await first.close();
    const work = join(folder, 'work');
    mkdirSync(work);
    const receipt = reread(report.receipt);
    await body({
      folder,
      source,
      receipt,
      data,
      against: async (change, options = {}) => {
        await change();
        const node = await start(first.endpoint.port);
        try {
          const from = { kind: 'direct' as const, nodes: [node.endpoint] };
          return await verified(receipt, {
            ...options,
            against: { source: from, workDirectory: work },
          });
        } finally {
          await node.close();
          assert.equal(readdirSync(work), []);
        }
      },
    });
  });

test('a node that has what it took, compacted or not, is verified', () =>
  withNode(async ({ folder, data, receipt, against }) => {
    const clean = await against(() => undefined);
    assert.equal([clean.verdict, shortly(clean)], ['verified', []]);
    const [replica] = clean.replicas;
    assert.equal(
      [replica?.keyspace, replica?.table, replica?.sstables, replica?.absent],
      ['demo', 'users', 2, 0],
    );
    assert.is(replica?.replica, receipt.deliveries[0]?.replica);
    assert.ok((replica?.partitions ?? 0) > 0 && (replica?.receivedBytes ?? 0) > 0);
    const compactedNode = await against(async () => {
      const taken = await sstablesBelow(data);
      const directory = taken[0]?.descriptor.directory ?? '';
      const made = await compacted(join(folder, 'made'), taken);
      for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
      for (const { descriptor, components } of made)
        for (const name of components.keys())
          cpSync(
            join(descriptor.directory, `${descriptor.prefix}${name}`),
            join(directory, `${descriptor.prefix}${name}`),
          );
    });
    assert.equal([compactedNode.verdict, shortly(compactedNode)], ['verified', []]);
  }));

test('a node that lost an SSTable is named with it', () =>
  withNode(async ({ source, data, receipt, against }) => {
    const sources = await sstablesBelow(source);
    const report = await against(async () => {
      const [first] = await sstablesBelow(data);
      const { directory, prefix } = first?.descriptor ?? { directory: '', prefix: '' };
      for (const name of readdirSync(directory))
        if (name.startsWith(prefix)) rmSync(join(directory, name));
    });
    assert.is(report.verdict, 'differs');
    assert.is(report.findings.length, 1);
    const [finding] = report.findings;
    assert.is(finding?.kind, 'absent');
    assert.ok(
      sources.some(
        ({ descriptor }) =>
          finding?.path === join(descriptor.directory, `${descriptor.prefix}Data.db`),
      ),
    );
    assert.match(finding?.kind === 'absent' ? finding.partition : '', /^[0-9a-f]+$/);
    assert.is(finding?.kind === 'absent' && finding.replica, receipt.deliveries[0]?.replica);
    assert.equal(
      report.replicas.map(({ sstables, absent }) => [sstables, absent]),
      [[2, 1]],
    );
    const everything = await against(async () => {
      for (const { descriptor } of await sstablesBelow(data))
        rmSync(descriptor.directory, { recursive: true });
    });
    // an embedded node knows a table by its SSTables only
    assert.equal(
      [everything.verdict, everything.problems.map(({ code }) => code)],
      ['incomplete', ['SCM_PULL_NO_TABLE_ID']],
    );
  }));

test('of a sample only so many SSTables are looked at; a changed source is not compared', () =>
  withNode(async ({ source, against }) => {
    const one = await against(() => undefined, { sample: 1 });
    assert.equal([one.verdict, one.sstables, one.replicas[0]?.sstables], ['verified', 1, 1]);
    const report = await against(async () => {
      const [first] = await sstablesBelow(source);
      const { directory, prefix } = first?.descriptor ?? { directory: '', prefix: '' };
      appendFileSync(join(directory, `${prefix}TOC.txt`), '\n');
    });
    assert.is(report.verdict, 'differs');
    assert.is(report.replicas[0]?.sstables, 1);
  }));

test('replicas that can’t be asked leave it incomplete', () =>
  withLoad('sha256', async ({ folder, receipt }) => {
    const [delivery] = receipt.deliveries;
    const elsewhere = { host: '127.0.0.1', port: 1 };
    const against = {
      source: { kind: 'direct' as const, nodes: [elsewhere] },
      retry: { attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 },
    };
    const other = await verified(receipt, { against });
    assert.equal(
      [other.verdict, other.problems.map(({ code }) => code)],
      ['incomplete', ['SCM_VERIFY_NO_REPLICA']],
    );
    if (delivery === undefined) throw new Error('no delivery');
    const moved = { ...receipt, deliveries: [{ ...delivery, replica: '127.0.0.1:1' }] };
    const down = await verified(moved, { against });
    assert.is(down.verdict, 'incomplete');
    assert.ok(down.problems.length > 0 && down.problems.every(({ kind }) => kind === 'refused'));
    const [source] = receipt.sources;
    const { crc32 } = source?.components['Digest.crc32'] ?? {};
    if (source === undefined || crc32 === undefined) throw new Error('no source');
    const alone = join(folder, 'alone', 'nb-1-big-Data.db');
    mkdirSync(dirname(alone));
    cpSync(source.sstable.replace('Data.db', 'Digest.crc32'), alone);
    const bytes = readFileSync(alone).length;
    const half: Receipt = {
      ...receipt,
      sources: [
        {
          ...source,
          sstable: alone,
          components: { 'Data.db': { bytes, crc32, sha256: undefined } },
        },
      ],
    };
    const odd = await verified(half, { against });
    assert.equal(
      [odd.verdict, odd.problems.map(({ code, where }) => [code, where])],
      ['incomplete', [['SCM_VERIFY_NOT_COMPARED', alone]]],
    );
    const nothing = { ...receipt, deliveries: [{ ...delivery, status: 'failed' as const }] };
    assert.match(await refused(nothing, { against }), /^SCM_VERIFY_USAGE /);
    assert.match(await refused({ ...receipt, job: 'copy' }), /^SCM_VERIFY_USAGE /);
  }));

test('given up, it ends and leaves nothing', () =>
  withLoad('sha256', async ({ source, receipt }) => {
    const job = verifyReceipt(receipt, {}, { parts: world() });
    job.events$.subscribe(({ type }) => type === 'Checking' && job.cancel());
    const report = await job.result;
    assert.is(report._tag === 'Left' && report.left.code, 'SCM_VERIFY_ABORTED');
    assert.ok(readdirSync(dirname(source)).length > 0);
  }));

test.run();
