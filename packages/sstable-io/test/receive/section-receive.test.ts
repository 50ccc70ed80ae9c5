import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import { Murmur3Partitioner, type TokenRange } from '@scamander/ring';
import {
  fixture,
  rejects,
  seededRandom,
  sharedTest,
  withTempFolder,
} from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SSTableError } from '../../src/errors.ts';
import { openSSTable } from '../../src/open.ts';
import { BlockSections } from '../../src/receive/block-sections.ts';
import { commitReceived } from '../../src/receive/commit.ts';
import { nodeFileSystem } from '../../src/receive/file-system.ts';
import type { SectionsHeader } from '../../src/receive/section-checks.ts';
import { SectionReceive } from '../../src/receive/section-receive.ts';
import type { SectionTarget } from '../../src/receive/section-writer.ts';
import type { SSTable } from '../../src/types.ts';
import { fixtureSSTable, fixtureSSTables, nameOf, sstablesIn } from '../fixture-sstables.ts';
import { orThrow, readAll, type WholePartition, withSSTable } from '../rows/reading.ts';
import { statisticsOf } from '../write/rewriting.ts';
import { TRANSACTION_ID, tableOf } from './received-sample.ts';
import {
  blocksOf,
  openReceive,
  Pull,
  type Streamed,
  sectionsOf,
  streamed,
  targetIn,
  textOf,
} from './streamed-sections.ts';

type Version = SectionTarget['version'];
const VERSIONS: readonly Version[] = ['nb', 'oa', 'da'];

/** Receives to the end and lets it appear; what is in the table then. */
const received = async (
  data: string,
  source: SSTable,
  { header, payload }: Streamed,
  version: Version,
): Promise<readonly WholePartition[]> => {
  const receive = await openReceive(targetIn(data, source, version), header);
  try {
    const pull = new Pull(payload, seededRandom(payload.length));
    await receive.receive(pull);
    assert.is(pull.position, payload.length);
    const { staged, partitions } = orThrow(await receive.finish());
    assert.is(existsSync(join(receive.dataPath)), false);
    orThrow(await commitReceived([staged!.plan], { transactionId: TRANSACTION_ID }));
    assert.is(existsSync(join(receive.dataPath)), true);
    const [files, ...more] = sstablesIn(tableOf(data));
    assert.is(more.length, 0);
    return await withSSTable(files!, async (made) => {
      const report = await made.verify('deep');
      assert.equal([report.errors, report.warnings], [[], []]);
      const rows = await readAll(orThrow(await made.rows()));
      assert.is(rows.length, partitions);
      return rows;
    });
  } finally {
    orThrow(await receive.abort());
  }
};

/** Left: the code; nothing may be left in the data directory. */
const refused = async (
  data: string,
  source: SSTable,
  { header, payload }: Streamed,
  version: Version = 'nb',
  more: Partial<SectionTarget> = {},
): Promise<string> => {
  const opened = await SectionReceive.open({ ...targetIn(data, source, version), ...more }, header);
  if (opened._tag === 'Left') {
    assert.equal(readdirSync(data), []);
    return opened.left.code;
  }
  const receive = opened.right;
  try {
    const error = await rejects(receive.receive(new Pull(payload, seededRandom(5))));
    return (error as SSTableError).code ?? error.message;
  } finally {
    orThrow(await receive.abort());
    assert.equal(readdirSync(data), []);
  }
};

/** What the version can't hold: times beyond 2038, negative deletions; and frozen user types that 3.0 does not call frozen. */
const codeOf = (name: string, version: Version): string | undefined => {
  if (name.includes('/negdel/') && version !== 'nb') return 'SCM_SSTABLE_UNWRITABLE';
  const isNew = /^5\.0\.6-(oa|da)/.test(name);
  if (isNew && /\/(far_ttl|ttls)\//.test(name) && version === 'nb') return 'SCM_SSTABLE_UNWRITABLE';
  return name.startsWith('3.0.31/udts/') ? 'SCM_SSTABLE_CORRUPT' : undefined;
};

for (const [i, files] of fixtureSSTables.entries()) {
  const name = nameOf(files);
  const version = VERSIONS[i % VERSIONS.length]!;
  sharedTest(test, `${name} as sections, written as ${version}: the same rows`, () =>
    withTempFolder((data) =>
      withSSTable(files, async (source) => {
        const stream = await streamed(source, await sectionsOf(source));
        const code = codeOf(name, version);
        if (code !== undefined) {
          assert.is(await refused(data, source, stream, version), code);
          return;
        }
        const expected = await readAll(orThrow(await source.rows({ strict: false })));
        const rows = await received(data, source, stream, version);
        assert.equal(textOf(rows), textOf(expected));
      }),
    ),
  );
}

const MANY = ['real/4.1.10-nb/many_uncompressed', 'real/4.0.19-nb/z_lz4_4', 'real/5.0.6-da/fp'];

/** Ranges between tokens of some keys: several sections, some within one chunk. */
const someRanges = async (source: SSTable): Promise<TokenRange[]> => {
  const tokens: ReturnType<typeof source.partitioner.tokenOf>[] = [];
  for await (const { key } of source.keys()) tokens.push(source.partitioner.tokenOf(key));
  const at = (share: number) => tokens[Math.floor(tokens.length * share)]!;
  return [
    { left: at(0.1), right: at(0.2) },
    { left: at(0.25), right: at(0.3) },
    { left: at(0.6), right: at(0.9) },
  ];
};

for (const folder of MANY) {
  sharedTest(test, `${folder}: some ranges, each partition of them and no other`, () =>
    withTempFolder((data) =>
      withSSTable(fixtureSSTable(folder), async (source) => {
        const ranges = await someRanges(source);
        const sections = await sectionsOf(source, ranges);
        assert.ok(sections.length > 1);
        const expected = await readAll(orThrow(await source.rows({ ranges })));
        const rows = await received(data, source, await streamed(source, sections), 'nb');
        assert.equal(textOf(rows), textOf(expected));
      }),
    ),
  );
}

sharedTest(test, 'level and repair state are those of the stream, the rest is our own', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/base'), async (source) => {
      const stream = await streamed(source, await sectionsOf(source));
      await received(data, source, stream, 'nb');
      const [files] = sstablesIn(tableOf(data));
      const { stats, validation } = statisticsOf(files!);
      assert.is(stats.sstableLevel, 2);
      assert.is(stats.repairedAtMs, 1234n);
      assert.is(stats.pendingRepair, undefined);
      assert.is(stats.isTransient, false);
      assert.is(stats.originatingHostId, undefined);
      assert.equal(stats.commitLogIntervals, []);
      assert.is(validation.partitionerClass, source.partitioner.className);
    }),
  ),
);

for (const [name, blockBytes] of [
  ['one byte', 1],
  ['seven', 7],
  ['all of it', 1_000_000],
] as const) {
  sharedTest(test, `blocks of ${name}`, () =>
    withTempFolder((data) =>
      withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
        const stream = await streamed(source, await sectionsOf(source), blockBytes);
        const expected = await readAll(orThrow(await source.rows()));
        assert.equal(textOf(await received(data, source, stream, 'nb')), textOf(expected));
      }),
    ),
  );
}

sharedTest(
  test,
  'progress counts what StreamSummary announced: stored chunks, or bytes before LZ4',
  async () => {
    for (const folder of ['real/4.1.10-nb/z_none', 'real/4.1.10-nb/z_lz4_4']) {
      await withTempFolder((data) =>
        withSSTable(fixtureSSTable(folder), async (source) => {
          const { header, payload } = await streamed(source, await sectionsOf(source));
          const receive = await openReceive(targetIn(data, source, 'nb'), header);
          const pull = new Pull(payload, seededRandom(1));
          await receive.receive(pull);
          assert.is(
            pull.movedBytes,
            header.compression === undefined ? Number(source.dataLengthBytes) : payload.length,
          );
          orThrow(await receive.abort());
        }),
      );
    }
  },
);

sharedTest(test, 'what follows the payload stays with the peer', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
      const { header, payload } = await streamed(source, await sectionsOf(source));
      const pull = new Pull(Buffer.concat([payload, Buffer.from('next')]), seededRandom(1));
      const receive = await openReceive(targetIn(data, source, 'nb'), header);
      await receive.receive(pull);
      assert.is(pull.position, payload.length);
      orThrow(await receive.abort());
    }),
  ),
);

sharedTest(test, 'no sections: nothing is stored, and nothing is left', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
      const { header } = await streamed(source, []);
      const receive = await openReceive(targetIn(data, source, 'nb'), header);
      await receive.receive(new Pull(Buffer.alloc(0), seededRandom(1)));
      const finished = orThrow(await receive.finish());
      assert.equal(finished, { staged: undefined, partitions: 0, checksums: {} });
      assert.equal(readdirSync(data), []);
    }),
  ),
);

type Change = (header: SectionsHeader) => Partial<SectionsHeader>;

const compressed =
  (change: Partial<NonNullable<SectionsHeader['compression']>>): Change =>
  ({ compression }) => ({ compression: { ...compression!, ...change } });

const lengths =
  (change: (lengths: readonly number[]) => number[]): Change =>
  ({ compression }) => ({
    compression: { ...compression!, chunkLengths: change(Array.from(compression!.chunkLengths)) },
  });

const columnsOf =
  (type: string): Change =>
  ({ serializationHeader }) => ({
    serializationHeader: {
      ...serializationHeader,
      regularColumns: serializationHeader.regularColumns.map((column) => ({ ...column, type })),
    },
  });

const WRONG: [name: string, change: Change, code: string][] = [
  ['a version nobody knows', () => ({ sstableVersion: 'zz' }), 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['a version of 6.0', () => ({ sstableVersion: 'pa' }), 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['a format nobody knows', () => ({ formatName: 'b/g' }), 'SCM_SSTABLE_UNKNOWN_VERSION'],
  ['a negative level', () => ({ sstableLevel: -1 }), 'SCM_SSTABLE_MANIFEST'],
  ['both repair states', () => ({ pendingRepair: TRANSACTION_ID }), 'SCM_SSTABLE_MANIFEST'],
  ['fewer than no keys', () => ({ estimatedKeys: -1n }), 'SCM_SSTABLE_MANIFEST'],
  ['an empty section', () => ({ sections: [{ lower: 0n, upper: 0n }] }), 'SCM_SSTABLE_MANIFEST'],
  [
    'a section before the file',
    () => ({ sections: [{ lower: -5n, upper: 5n }] }),
    'SCM_SSTABLE_MANIFEST',
  ],
  [
    'sections out of order',
    () => ({
      sections: [
        { lower: 50n, upper: 100n },
        { lower: 0n, upper: 50n },
      ],
    }),
    'SCM_SSTABLE_MANIFEST',
  ],
  [
    'a section beyond all files',
    () => ({ sections: [{ lower: 0n, upper: 2n ** 60n }] }),
    'SCM_SSTABLE_TOO_LONG',
  ],
  ['a chunk too few', lengths((list) => list.slice(1)), 'SCM_SSTABLE_MANIFEST'],
  ['a chunk too many', lengths((list) => [...list, 9]), 'SCM_SSTABLE_MANIFEST'],
  ['a chunk of nothing', lengths((list) => list.map(() => 0)), 'SCM_SSTABLE_MANIFEST'],
  ['a huge stored chunk', lengths((list) => list.map(() => 0x7fffffff)), 'SCM_SSTABLE_TOO_LONG'],
  ['huge chunks', compressed({ chunkLengthBytes: 2 ** 30 }), 'SCM_SSTABLE_TOO_LONG'],
  ['chunks of no power of two', compressed({ chunkLengthBytes: 5000 }), 'SCM_SSTABLE_MANIFEST'],
  ['chunks of length 0', compressed({ chunkLengthBytes: 0 }), 'SCM_SSTABLE_MANIFEST'],
  [
    'a foreign compressor',
    compressed({ compressor: 'com.example.Squeeze' }),
    'SCM_SSTABLE_UNSUPPORTED',
  ],
  [
    'a type that is none',
    columnsOf('org.apache.cassandra.db.marshal.MapType('),
    'SCM_SSTABLE_CORRUPT',
  ],
  [
    'a repair that is no time UUID',
    () => ({ repairedAtMs: 0n, pendingRepair: '5a1c395e-b41f-41e5-a2f2-d1f5cb37ed2d' }),
    'SCM_SSTABLE_UNSUPPORTED',
  ],
];

for (const [name, change, code] of WRONG) {
  sharedTest(test, `refused before a byte is read: ${name}`, () =>
    withTempFolder((data) =>
      withSSTable(fixtureSSTable('real/4.1.10-nb/z_lz4_4'), async (source) => {
        const { header } = await streamed(source, await sectionsOf(source));
        const opened = await SectionReceive.open(targetIn(data, source, 'nb'), {
          ...header,
          ...change(header),
        });
        assert.is(opened._tag === 'Left' && opened.left.code, code);
        assert.equal(readdirSync(data), []);
      }),
    ),
  );
}

const flip = (payload: Buffer, at: number): Buffer => {
  const copy = Buffer.from(payload);
  copy[at] = copy[at]! ^ 0x40;
  return copy;
};

sharedTest(test, 'cut anywhere, or a byte of a chunk changed: an error, and nothing is left', () =>
  withSSTable(fixtureSSTable('real/4.1.10-nb/z_lz4_4'), async (source) => {
    const { header, payload } = await streamed(source, await sectionsOf(source));
    const random = seededRandom(31);
    for (let i = 0; i < 40; i++) {
      const at = Math.floor(random() * payload.length);
      await withTempFolder(async (data) => {
        const cut = { header, payload: payload.subarray(0, at) };
        assert.is(await refused(data, source, cut), 'the peer hung up');
        // every byte is of a chunk or of its CRC
        const changed = { header, payload: flip(payload, at) };
        assert.is(await refused(data, source, changed), 'SCM_SSTABLE_CORRUPT');
      });
    }
  }),
);

sharedTest(
  test,
  'blocks have no checksum: changed bytes are an error or other rows, never more',
  () =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
      const { header, payload } = await streamed(source, await sectionsOf(source), 500);
      const random = seededRandom(37);
      let errors = 0;
      for (let i = 0; i < 60; i++) {
        const at = Math.floor(random() * payload.length);
        await withTempFolder(async (data) => {
          const receive = await openReceive(targetIn(data, source, 'nb'), header);
          try {
            await receive.receive(new Pull(flip(payload, at), random));
            orThrow(await receive.finish());
          } catch (error) {
            assert.instance(error, Error);
            const { code } = error as SSTableError;
            assert.ok(code === undefined || code.startsWith('SCM_SSTABLE_'), String(error));
            errors += 1;
          }
          orThrow(await receive.abort());
          assert.equal(readdirSync(data), []);
        });
      }
      assert.ok(errors > 10, `${errors} errors`);
    }),
);

sharedTest(test, 'lengths of blocks that are absurd meet a limit before they are believed', () =>
  withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
    const { header, payload } = await streamed(source, await sectionsOf(source));
    const absurd: [at: number, value: number, code: string][] = [
      [0, 0x7fffffff, 'SCM_SSTABLE_TOO_LONG'],
      [4, 0x7fffffff, 'SCM_SSTABLE_TOO_LONG'],
      [0, -1, 'SCM_SSTABLE_CORRUPT'],
      [4, -1, 'SCM_SSTABLE_CORRUPT'],
      [0, 0, 'SCM_SSTABLE_CORRUPT'],
      [4, 0, 'SCM_SSTABLE_CORRUPT'],
      // not what the block becomes
      [4, 999, 'SCM_SSTABLE_CORRUPT'],
    ];
    for (const [at, value, code] of absurd) {
      const changed = Buffer.from(payload);
      changed.writeInt32BE(value, at);
      await withTempFolder(async (data) => {
        assert.is(await refused(data, source, { header, payload: changed }), code);
      });
    }
  }),
);

sharedTest(test, 'sections that do not end with a partition, and keys out of order', () =>
  withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
    const whole = await streamed(source, await sectionsOf(source));
    const short = { lower: 0n, upper: source.dataLengthBytes - 1n };
    await withTempFolder(async (data) => {
      const header = { ...whole.header, sections: [short] };
      assert.is(await refused(data, source, { ...whole, header }), 'SCM_SSTABLE_CORRUPT');
    });
    // the same partitions twice
    const length = source.dataLengthBytes;
    const twice = [
      { lower: 0n, upper: length },
      { lower: length, upper: 2n * length },
    ];
    await withTempFolder(async (data) => {
      const stream = {
        header: { ...whole.header, sections: twice },
        payload: Buffer.concat([whole.payload, whole.payload]),
      };
      assert.is(await refused(data, source, stream), 'SCM_SSTABLE_CORRUPT');
    });
  }),
);

sharedTest(test, 'keys of another partitioner are out of order', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/bo_many'), async (source) => {
      const stream = await streamed(source, await sectionsOf(source));
      const more = { partitioner: Murmur3Partitioner };
      assert.is(await refused(data, source, stream, 'nb', more), 'SCM_SSTABLE_CORRUPT');
    }),
  ),
);

sharedTest(test, 'given up while it waits for the peer, and twice', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
      const { header } = await streamed(source, await sectionsOf(source));
      const receive = await openReceive(targetIn(data, source, 'nb'), header);
      const never = { read: () => new Promise<never>(() => undefined), moved: () => undefined };
      const running = receive.receive(never);
      running.catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      orThrow(await receive.abort());
      assert.is(((await rejects(running)) as SSTableError).code, 'SCM_SSTABLE_UNFINISHED');
      orThrow(await receive.abort());
      assert.equal(readdirSync(data), []);
    }),
  ),
);

sharedTest(test, 'a disk that fails at the end leaves nothing', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/z_none'), async (source) => {
      const { header, payload } = await streamed(source, await sectionsOf(source));
      const fileSystem = {
        ...nodeFileSystem,
        write: () => Promise.reject(Object.assign(new Error('ENOSPC: full'), { code: 'ENOSPC' })),
      };
      const receive = await openReceive(targetIn(data, source, 'nb'), header, fileSystem);
      await receive.receive(new Pull(payload, seededRandom(1)));
      const finished = await receive.finish();
      assert.is(finished._tag === 'Left' && finished.left.code, 'SCM_SSTABLE_IO');
      assert.equal(readdirSync(data), []);
    }),
  ),
);

const schemaOf = (cql: string): TableSchema => {
  const schema = parseSchema(cql);
  if (schema._tag === 'Left') throw schema.left;
  return schema.right.tables[0]!;
};

/** Of fixture `4.1.10-nb/statics`. */
const STATICS =
  'CREATE TABLE ks.t (pk int, c int, s1 text static, s2 int static, sm map<text, int> static, ss set<int> static, v text, PRIMARY KEY (pk, c))';

const SCHEMAS: [name: string, cql: string, message: RegExp | undefined][] = [
  ['its own', STATICS, undefined],
  ['more columns', STATICS.replace('v text', 'v text, w text'), undefined],
  ['a column less', STATICS.replace(', v text', ', w text'), /no regular column "v"/],
  [
    'a static one that is regular',
    STATICS.replace('s1 text static', 's1 text'),
    /no static column "s1"/,
  ],
  ['a collection', STATICS.replace('v text', 'v set<text>'), /one cell/],
  ['another order', `${STATICS} WITH CLUSTERING ORDER BY (c DESC)`, /other way round/],
  [
    'another key',
    STATICS.replace('pk int', 'pk int, p2 int').replace('(pk, c)', '((pk, p2), c)'),
    /partition key columns/,
  ],
  [
    'no clustering',
    STATICS.replace('(pk, c)', '(pk)').replaceAll(' static', ''),
    /clustering columns/,
  ],
];

for (const [name, cql, message] of SCHEMAS) {
  sharedTest(test, `a table of ${name}`, () =>
    withTempFolder((data) =>
      withSSTable(fixtureSSTable('real/4.1.10-nb/statics'), async (source) => {
        const { header } = await streamed(source, await sectionsOf(source));
        const target = { ...targetIn(data, source, 'nb'), schema: schemaOf(cql) };
        const opened = await SectionReceive.open(target, header);
        if (opened._tag === 'Right') {
          orThrow(await opened.right.abort());
          assert.is(message, undefined);
        } else {
          assert.is(opened.left.code, 'SCM_SSTABLE_MANIFEST');
          assert.match(opened.left.message, message ?? /nothing/);
        }
        assert.equal(readdirSync(data), []);
      }),
    ),
  );
}

sharedTest(test, 'a table’s options are followed where its schema is known', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/4.1.10-nb/statics'), async (source) => {
      const stream = await streamed(source, await sectionsOf(source));
      const cql = `${STATICS} WITH bloom_filter_fp_chance = 0.2 AND compression = {'class': 'ZstdCompressor', 'chunk_length_in_kb': '8', 'min_compress_ratio': '2'}`;
      const target = { ...targetIn(data, source, 'nb'), schema: schemaOf(cql) };
      const receive = await openReceive(target, stream.header);
      await receive.receive(new Pull(stream.payload, seededRandom(3)));
      const { staged } = orThrow(await receive.finish());
      orThrow(await commitReceived([staged!.plan], { transactionId: TRANSACTION_ID }));
      const opened = orThrow(await openSSTable(sstablesIn(tableOf(data))[0]!));
      assert.is(opened.statistics.bloomFilterFpChance, 0.2);
      const { compressor, chunkLengthBytes, maxCompressedLengthBytes } = opened.compression!;
      assert.equal(
        [compressor, chunkLengthBytes, maxCompressedLengthBytes],
        ['ZstdCompressor', 8192, 4096],
      );
      await opened.close();
    }),
  ),
);

sharedTest(test, 'frozen user types of 3.0 are read as such where the schema says so', () =>
  withTempFolder((data) =>
    withSSTable(fixtureSSTable('real/3.0.31/udts'), async (source) => {
      const statements = readFileSync(fixture('real', '3.0.31', 'udts', 'create.cql'), 'utf8');
      const schema = schemaOf(statements.split('\n').slice(0, 2).join('\n'));
      const stream = await streamed(source, await sectionsOf(source));
      const receive = await openReceive({ ...targetIn(data, source, 'nb'), schema }, stream.header);
      await receive.receive(new Pull(stream.payload, seededRandom(3)));
      const { staged } = orThrow(await receive.finish());
      orThrow(await commitReceived([staged!.plan], { transactionId: TRANSACTION_ID }));
      const expected = await readAll(orThrow(await source.rows()));
      await withSSTable(sstablesIn(tableOf(data))[0]!, async (made) => {
        assert.equal(textOf(await readAll(orThrow(await made.rows()))), textOf(expected));
        const types = made.header.regularColumns.map(({ type }) => type).join();
        assert.match(types, /FrozenType\(org\.apache\.cassandra\.db\.marshal\.UserType/);
      });
    }),
  ),
);

test('any blocks, cut into any views, are the bytes that they were made of', async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    fc.integer({ min: 1, max: 700 }),
    fc.nat(),
    async (bytes, blockBytes, seed) => {
      const pull = new Pull(blocksOf(bytes, blockBytes), seededRandom(seed));
      const source = new BlockSections('test', pull, [
        { lower: 3n, upper: BigInt(3 + bytes.length) },
      ]);
      assert.equal(source.nextRun(), { position: 3, end: 3 + bytes.length });
      const found = Buffer.alloc(bytes.length);
      for (let at = 0; ; ) {
        const count = await source.read(found, at, 50);
        if (count === 0) break;
        at += count;
      }
      assert.equal(found, Buffer.from(bytes));
      assert.is(source.nextRun(), undefined);
      assert.is(pull.movedBytes, bytes.length);
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

test.run();
