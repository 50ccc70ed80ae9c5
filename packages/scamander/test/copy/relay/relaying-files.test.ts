import { nativeType } from '@scamander/cql-types';
import { Murmur3Partitioner } from '@scamander/ring';
import type { StreamFile } from '@scamander/wire-codec';
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayReplica } from '../../../src/copy/relay/passage.ts';
import { RelayingFiles, type RelayingInput } from '../../../src/copy/relay/relaying-files.ts';
import { componentsOf, headerOf } from './payloads.ts';

const SOURCE_ID = '11111111-1111-1111-1111-111111111111';

const replica = (host: string, releaseVersion: string): RelayReplica => {
  const endpoint = { host, port: 7000 };
  const node = { endpoint, dial: endpoint, dc: 'dc1', rack: 'r1', status: 'normal' };
  return { node: { ...node, releaseVersion }, version: 12 };
};

const FOUR = replica('10.0.0.1', '4.1.10');
const FIVE = replica('10.0.0.2', '5.0.6');

const inputOf = (more: Partial<RelayingInput> = {}): RelayingInput => ({
  sourceName: 'ks.t',
  sourceTableId: SOURCE_ID,
  partitionerClass: Murmur3Partitioner.className,
  tableId: '22222222-2222-2222-2222-222222222222',
  schema: undefined,
  indexes: { sai: [], other: [] },
  entire: 'auto',
  replicas: [FOUR],
  newPlan: () => {
    throw new Error('nothing is to be sent');
  },
  now: () => '2026-01-01T00:00:00.000Z',
  emit: () => undefined,
  clock: new VirtualClock(),
  stalled: () => undefined,
  ...more,
});

/** A whole SSTable as it is announced. */
const announced = (sstableVersion: string, formatName = 'big'): StreamFile => {
  const { manifest } = componentsOf([['Data.db', Buffer.alloc(10)]]);
  return {
    type: 'Stream',
    message: {
      tableId: SOURCE_ID,
      sender: { host: '10.0.0.9', port: 7000 },
      planId: SOURCE_ID,
      sendByFollower: true,
      sessionIndex: 0,
      sequenceNumber: 3,
      repairedAtMs: 5n,
      pendingRepair: undefined,
    },
    header: headerOf({
      sstableVersion,
      formatName,
      entire: { manifest, firstKey: Buffer.from('k') },
    }),
  };
};

const errorOf = async (files: RelayingFiles, file: StreamFile): Promise<string> => {
  const opened = await files.begin().open(file);
  return opened._tag === 'Left' ? `${opened.left.code} ${opened.left.message}` : 'opened';
};

test('a table that was not asked for refuses the session', async () => {
  const session = new RelayingFiles(inputOf()).begin();
  const summary = { files: 1, totalSizeBytes: 1n, ranges: [] };
  assert.is((await session.prepare({ ...summary, tableId: SOURCE_ID }))._tag, 'Right');
  const other = '33333333-3333-3333-3333-333333333333';
  assert.is((await session.prepare({ ...summary, tableId: other }))._tag, 'Left');
});

test('a version that nobody reads is refused before a byte of it is taken', async () => {
  const error = await errorOf(new RelayingFiles(inputOf()), announced('oa'));
  assert.match(error, /^SCM_COPY_VERSION 10\.0\.0\.1:7000: Cassandra 4\.x/);
});

test('a replica that can’t read a file gets none of the unit, the others do', async () => {
  const files = new RelayingFiles(inputOf({ replicas: [FOUR, FIVE] }));
  assert.is(await errorOf(files, announced('da', 'bti')), 'opened');
  assert.equal(
    files.outcomes.map(({ replica: { node }, status, reason }) => [
      node.endpoint.host,
      status,
      reason,
    ]),
    [['10.0.0.1', 'skipped', 'Cassandra 4.x reads no BTI SSTables; it would fail the session']],
  );
  assert.equal([...files.failed], [FOUR]);
});

test('when no replica is left a further file says why', async () => {
  const files = new RelayingFiles(inputOf({ replicas: [FOUR, FIVE] }));
  await errorOf(files, announced('da', 'bti'));
  files.failed.add(FIVE);
  const error = await errorOf(files, announced('nb'));
  assert.match(error, /^SCM_COPY_NO_REPLICA 10\.0\.0\.1:7000: Cassandra 4\.x/);
});

test('columns that the target does not have refuse the file', async () => {
  const schema: RelayingInput['schema'] = {
    keyspace: 'ks',
    table: 't',
    partitionerClass: Murmur3Partitioner.className,
    keyType: nativeType('int'),
    clusteringTypes: [],
    columns: new Map(),
    droppedColumns: new Set(['gone']),
  };
  const file = announced('nb');
  const column = (name: string): StreamFile => ({
    ...file,
    header: {
      ...file.header,
      serializationHeader: {
        ...file.header.serializationHeader,
        regularColumns: [
          { name: Buffer.from(name), type: 'org.apache.cassandra.db.marshal.UTF8Type' },
        ],
      },
    },
  });
  const files = new RelayingFiles(inputOf({ schema }));
  assert.match(await errorOf(files, column('v')), /^SCM_COPY_SCHEMA .*no column v/);
  assert.is(await errorOf(files, column('gone')), 'opened');
});

test.run();
