import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ByteOrderedPartitioner } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discover } from '../../src/directory/discover.ts';
import { SSTableError } from '../../src/errors.ts';
import { incomingFolder } from '../../src/receive/plan.ts';
import { recover } from '../../src/receive/recover.ts';
import { type Marker, NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import { rowHeaderOf } from '../../src/rows/row-header.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { SSTableWriterOptions } from '../../src/write/writer-options.ts';
import { assertSound, filesBelow, linesOf } from '../compact/tables.ts';
import { osError, stepping } from '../receive/stepping.ts';
import { dataOf, statisticsOf } from './rewriting.ts';

const M = 'org.apache.cassandra.db.marshal.';
const int = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
};

const header = {
  minTimestamp: 0n,
  minLocalDeletionTime: 0n,
  minTtl: 0n,
  keyType: `${M}Int32Type`,
  clusteringTypes: [`${M}Int32Type`],
  staticColumns: [],
  regularColumns: [{ name: Buffer.from('v'), type: `${M}BytesType` }],
};
const [column] = rowHeaderOf(header).regularColumns;

const optionsIn = (directory: string): SSTableWriterOptions => ({
  directory,
  keyspace: 'ks',
  table: 'tb',
  version: 'nb',
  id: '7',
  partitioner: ByteOrderedPartitioner,
  header,
  compression: undefined,
  bloomFilterFpChance: 0.01,
  minIndexInterval: 128,
});

const row = (c: number, value: Uint8Array = int(c)): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [int(c)],
  liveness: { timestamp: 5n, ttl: 0, localExpirationTime: NO_DELETION_TIME },
  deletion: undefined,
  isShadowable: false,
  columns:
    column === undefined
      ? []
      : [
          {
            column,
            deletion: undefined,
            cells: [
              {
                timestamp: 5n,
                ttl: 0,
                localDeletionTime: NO_DELETION_TIME,
                path: undefined,
                value,
              },
            ],
          },
        ],
});

const D1 = { markedForDeleteAt: 1n, localDeletionTime: 10 };
const D2 = { markedForDeleteAt: 2n, localDeletionTime: 10 };
const marker = (
  bound: Marker['bound'],
  c: number,
  closes: Marker['closes'],
  opens: Marker['opens'],
): Marker => ({ kind: 'marker', bound, values: [int(c)], closes, opens });

/** Runs a story with a writer that is aborted in the end, and gives its error. */
const errorOf = async (
  story: (writer: SSTableWriter) => Promise<unknown>,
  change: Partial<SSTableWriterOptions> = {},
): Promise<SSTableError> =>
  withTempFolder(async (folder) => {
    const writer = await SSTableWriter.create({ ...optionsIn(folder), ...change });
    try {
      await story(writer);
    } catch (error) {
      if (error instanceof SSTableError) return error;
      throw error;
    } finally {
      await writer.abort();
      assert.equal(filesBelow(folder), [], 'nothing is left');
    }
    throw new Error('no error');
  });

test('what comes in the wrong order is refused', async () => {
  const stories: [message: RegExp, story: (writer: SSTableWriter) => Promise<unknown>][] = [
    [
      /the same key again, expected keys in ascending order/,
      async (w) => {
        await w.startPartition(int(1), D1, undefined);
        await w.endPartition();
        await w.startPartition(int(1), D1, undefined);
      },
    ],
    [
      /partition 0x00000001: found a key before 0x00000002/,
      async (w) => {
        await w.startPartition(int(2), D1, undefined);
        await w.endPartition();
        await w.startPartition(int(1), D1, undefined);
      },
    ],
    [
      /found a row before the one written last/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(row(2));
        await w.append(row(1));
      },
    ],
    [
      /found a row at the place of the one written last/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(row(2));
        await w.append(row(2));
      },
    ],
    [
      /found a marker INCL_END_BOUND that ends the range deleted at 1 \(10\), expected an end of no range/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(marker('INCL_END_BOUND', 1, D1, undefined));
      },
    ],
    [
      /found a marker INCL_END_BOUND that ends the range deleted at 2 \(10\), expected an end of the range deleted at 1/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(marker('INCL_START_BOUND', 1, undefined, D1));
        await w.append(marker('INCL_END_BOUND', 2, D2, undefined));
      },
    ],
    [
      /found a marker INCL_START_BOUND that ends no range, expected an end of the range deleted at 1/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(marker('INCL_START_BOUND', 1, undefined, D1));
        await w.append(marker('INCL_START_BOUND', 2, undefined, D2));
      },
    ],
    [
      /found a marker INCL_START_BOUND, expected its deletions, and no others/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(marker('INCL_START_BOUND', 1, D1, D1));
      },
    ],
    [
      /found the end of the partition, expected an end of the range deleted at 1/,
      async (w) => {
        await w.startPartition(int(1), undefined, undefined);
        await w.append(marker('INCL_START_BOUND', 1, undefined, D1));
        await w.endPartition();
      },
    ],
    [/found a row, expected startPartition before it/, async (w) => w.append(row(1))],
    [/the end of a partition, expected startPartition/, async (w) => w.endPartition()],
    [
      /found a partition within another/,
      async (w) => {
        await w.startPartition(int(1), D1, undefined);
        await w.startPartition(int(2), D1, undefined);
      },
    ],
    [
      /found the end, expected endPartition/,
      async (w) => {
        await w.startPartition(int(1), D1, undefined);
        await w.finish();
      },
    ],
  ];
  for (const [message, story] of stories) {
    const error = await errorOf(story);
    assert.is(error.code, 'SCM_SSTABLE_ORDER');
    assert.match(error.message, message);
  }
});

test('a partition with nothing in it is not written, nor a row, nor an SSTable', async () => {
  const empty: Row = { ...row(1), liveness: undefined, columns: [] };
  const error = await errorOf(async (writer) => {
    await writer.startPartition(int(1), undefined, { ...empty, isStatic: true, clustering: [] });
    await writer.append(empty);
    await writer.endPartition();
    assert.is(writer.partitions, 0);
    assert.is(writer.bytesWritten, 0);
    await writer.finish();
  });
  assert.match(error.message, /an SSTable without partitions/);
  await withTempFolder(async (folder) => {
    const writer = await SSTableWriter.create(optionsIn(folder));
    await writer.startPartition(int(1), undefined, undefined);
    await writer.endPartition();
    await writer.startPartition(int(2), undefined, undefined);
    await writer.append(empty);
    await writer.append(row(2));
    await writer.endPartition();
    const files = await writer.finish();
    assert.is(writer.partitions, 1);
    assert.is((await linesOf(files)).length, 2);
    await assertSound(files);
  });
});

test('options that no node would take are refused before anything is made', async () => {
  const refused: [message: RegExp, change: Partial<SSTableWriterOptions>][] = [
    [/the SSTable id a-b/, { id: 'a-b' }],
    [/a min_index_interval of 0/, { minIndexInterval: 0 }],
    [/a bloom_filter_fp_chance of 0/, { bloomFilterFpChance: 0 }],
    [/repairedAt together with/, { repairedAtMs: 1n, pendingRepair: 'x' }],
    [/which is no version-1 UUID/, { pendingRepair: 'x' }],
    [/transient SSTable outside/, { isTransient: true }],
    [
      /compressor FooCompressor/,
      {
        compression: {
          compressor: 'FooCompressor',
          options: [],
          chunkLengthBytes: 4096,
          maxCompressedLengthBytes: 4096,
        },
      },
    ],
    [
      /option crc_check_chance of LZ4Compressor/,
      {
        compression: {
          compressor: 'LZ4Compressor',
          options: [['crc_check_chance', '1.0']],
          chunkLengthBytes: 4096,
          maxCompressedLengthBytes: 4096,
        },
      },
    ],
    [
      /chunks of 5000 bytes: a power of two/,
      {
        compression: {
          compressor: 'LZ4Compressor',
          options: [],
          chunkLengthBytes: 5000,
          maxCompressedLengthBytes: 4096,
        },
      },
    ],
  ];
  for (const [message, change] of refused)
    await withTempFolder(async (folder) => {
      const error = await SSTableWriter.create({ ...optionsIn(folder), ...change }).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      assert.match(String(error), message);
      assert.equal(readdirSync(folder), []);
    });
});

test('a type that the version does not know is refused', async () => {
  const vectors = {
    ...header,
    regularColumns: [{ name: Buffer.from('v'), type: `${M}VectorType(${M}FloatType , 3)` }],
  };
  await withTempFolder(async (folder) => {
    const create = SSTableWriter.create({ ...optionsIn(folder), version: 'me', header: vectors });
    const error = await create.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.match(String(error), /the vector column "v" before version na/);
  });
});

test('da: clusterings whose byte-comparable forms are not in their order are refused, and written by BIG', () =>
  withTempFolder(async (folder) => {
    const type = `${M}TupleType(${M}Int32Type,${M}Int32Type)`;
    // (null, 0) comes before ('', null), but an empty int and a null look alike in a trie
    const values = ['ffffffff0000000400000000', '00000000ffffffff'].map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    const writeIn = async (version: 'oa' | 'da'): Promise<SSTableWriter> => {
      const writer = await SSTableWriter.create({
        ...optionsIn(join(folder, version)),
        version,
        header: { ...header, clusteringTypes: [type] },
        columnIndexBytes: 1,
      });
      await writer.startPartition(int(1), undefined, undefined);
      for (const value of values) await writer.append({ ...row(1), clustering: [value] });
      return writer;
    };
    const big = await writeIn('oa');
    await big.endPartition();
    await assertSound(await big.finish());
    const writers: SSTableWriter[] = [];
    try {
      const bti = await writeIn('da');
      writers.push(bti);
      await bti.endPartition();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, SSTableError);
      assert.is((error as SSTableError).code, 'SCM_SSTABLE_UNWRITABLE');
      assert.match((error as SSTableError).message, /byte-comparable forms are not in their order/);
    }
    await writers[0]?.abort();
  }));

test('chunks that do not get smaller are stored raw, a short last one padded', async () => {
  const compression = {
    compressor: 'LZ4Compressor',
    options: [],
    chunkLengthBytes: 4096,
    maxCompressedLengthBytes: 3724,
  };
  const random = new Uint8Array(4096 + 3675);
  let seed = 7;
  for (let i = 0; i < random.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) | 0;
    random[i] = seed >>> 16;
  }
  await withTempFolder(async (folder) => {
    const writer = await SSTableWriter.create({ ...optionsIn(folder), compression });
    await writer.startPartition(int(1), undefined, undefined);
    await writer.append(row(1, random));
    await writer.endPartition();
    const files = await writer.finish();
    const length = (await dataOf(files)).length;
    assert.ok(length > 4096 + 3706 && length < 4096 + 3724, `${length} bytes`);
    // spec: sstable-data §8.2
    assert.is(files.components.get('Data.db'), 4096 + 4 + 3724 + 4);
    assert.is(statisticsOf(files).stats.compressionRatio, (4096 + 3724) / length);
    await assertSound(files);
  });
});

/** A small SSTable, whose last step may fail. */
const writeOne = async (
  directory: string,
  change: Partial<SSTableWriterOptions>,
): Promise<SSTableWriter> => {
  const writer = await SSTableWriter.create({ ...optionsIn(directory), ...change });
  try {
    for (let key = 1; key < 5; key++) {
      await writer.startPartition(int(key), undefined, undefined);
      await writer.append(row(key));
      await writer.endPartition();
    }
    await writer.finish();
    return writer;
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  }
};

const TABLE = 'ks/tb-5a1c395eb41f11e5a2f2d1f5cb37ed2d';

test('whichever step fails: nothing is left, or all of it is there', async () => {
  for (let failing = 1; ; failing++) {
    const isOver = await withTempFolder(async (data) => {
      const directory = join(data, TABLE);
      let steps = 0;
      const fileSystem = stepping(async (step) => {
        steps = step.index;
        if (step.index !== failing) return step.whole();
        await step.half();
        throw osError('ENOSPC');
      });
      const outcome = await writeOne(directory, { fileSystem }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (steps < failing) return true;
      const { tables } = await discover([data]);
      const found = tables.flatMap(({ sstables }) => sstables);
      if (outcome === undefined) {
        assert.is(found.length, 1, `step ${failing}`);
      } else {
        assert.instance(outcome, SSTableError);
        assert.match(String(outcome), /ENOSPC/, `step ${failing}`);
        assert.is(found.length, 0, `step ${failing}`);
      }
      await recover(data);
      assert.not.ok(existsSync(incomingFolder(data)), `step ${failing}`);
      const left = existsSync(directory) ? readdirSync(directory) : [];
      assert.is(left.length, outcome === undefined ? 8 : 0, `step ${failing}: ${left.join()}`);
      return false;
    });
    if (isOver) break;
  }
});

test('whichever step is the last one before a power cut: nothing is there, or all of it', async () => {
  for (let last = 1; ; last++) {
    const isOver = await withTempFolder(async (data) => {
      const directory = join(data, TABLE);
      const stopped = await new Promise<boolean>((resolve, reject) => {
        const fileSystem = stepping(async (step) => {
          if (step.index !== last) return step.whole();
          await step.half();
          resolve(true);
          return new Promise(() => undefined);
        });
        writeOne(directory, { fileSystem }).then(() => resolve(false), reject);
      });
      const found = async (): Promise<number> =>
        (await discover([data])).tables.flatMap(({ sstables }) => sstables).length;
      const before = await found();
      await recover(data);
      assert.is(await found(), before, `step ${last}`);
      assert.not.ok(existsSync(incomingFolder(data)), `step ${last}`);
      const left = existsSync(directory) ? readdirSync(directory) : [];
      assert.is(left.length, before === 1 ? 8 : 0, `step ${last}: ${left.join()}`);
      return !stopped;
    });
    if (isOver) break;
  }
});

test('a disk that fills while rows are written', async () => {
  const child = fileURLToPath(new URL('./full-disk-child.ts', import.meta.url));
  await withTempFolder((folder) => {
    // no file of the child may grow beyond 2 MiB
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        'ulimit -f 2048; exec "$0" --import tsx -C @scamander/source "$1" "$2"',
        process.execPath,
        child,
        folder,
      ],
      { encoding: 'utf8', timeout: 60_000 },
    );
    assert.match(stdout, /^SCM_SSTABLE_IO .*EFBIG/, stderr);
    assert.equal(filesBelow(folder), []);
  });
});

test('an id that is taken is not overwritten', async () => {
  await withTempFolder(async (folder) => {
    await writeOne(folder, {});
    const before = filesBelow(folder);
    const error = await writeOne(folder, {}).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.match(String(error), /EEXIST: id 7 is taken/);
    assert.equal(filesBelow(folder), before);
  });
});

test('after its end a writer takes nothing more', async () => {
  await withTempFolder(async (folder) => {
    const writer = await writeOne(folder, {});
    const before = filesBelow(folder);
    assert.throws(() => writer.startPartition(int(9), D1, undefined), /the writer has ended/);
    assert.throws(() => writer.append(row(1)), /the writer has ended/);
    await writer.abort();
    assert.equal(filesBelow(folder), before);
  });
});

test.run();
