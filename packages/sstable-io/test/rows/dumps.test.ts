// Rows against what each release's own dump tool says of the same SSTable (`sstabledump -t`): clusterings, times, deletions, paths, values.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CqlType, jsonOfValue, textOfValue } from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Cell,
  type ClusteringValue,
  type ColumnData,
  type DeletionTime,
  type Marker,
  NO_DELETION_TIME,
  type Row,
} from '../../src/rows/model.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';
import { orThrow, readAll, type WholePartition, withSSTable } from './reading.ts';

type Json = Record<string, unknown>;

/** As CQL writes it: in quotes unless it is plain. */
const quoted = (name: string): string =>
  /^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Numbers keep their digits: those of varints and decimals do not fit a double. */
const parseExactly = (text: string): unknown =>
  JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
      token.startsWith('"') ? token : `"#${token}"`,
    ),
  );

const jsonOf = (type: CqlType, bytes: Uint8Array): unknown =>
  parseExactly(jsonOfValue(type, bytes));

/** The tool shows the first eight bytes of a counter's context. */
const cellValue = (type: CqlType, value: Uint8Array): unknown =>
  type.kind === 'native' && type.name === 'counter'
    ? `#${value.length >= 8 ? Buffer.from(value).readBigInt64BE() : 0n}`
    : jsonOf(type, value);

const deletionOf = ({ markedForDeleteAt, localDeletionTime }: DeletionTime): Json => ({
  marked_deleted: `${markedForDeleteAt}`,
  local_delete_time: `${localDeletionTime}`,
});

const pathAndType = (type: CqlType, path: Uint8Array): { path: string; value: CqlType } => {
  const uuid = { kind: 'native', name: 'timeuuid' } as const;
  switch (type.kind) {
    case 'list':
      return { path: textOfValue(uuid, path), value: type.element };
    case 'set':
      return { path: textOfValue(type.element, path), value: type.element };
    case 'map':
      return { path: textOfValue(type.key, path), value: type.value };
    case 'udt': {
      const field = type.fields[Buffer.from(path).readInt16BE()];
      assert.ok(field);
      return { path: field.name, value: field.type };
    }
    default:
      throw new Error(`${type.kind} has no paths`);
  }
};

const cellOf = ({ column, cells: _ }: ColumnData, cell: Cell, row: Row): Json => {
  const { path, value: type } =
    cell.path === undefined
      ? { path: undefined, value: column.type }
      : pathAndType(column.type, cell.path);
  const json: Json = { name: quoted(column.text) };
  if (path !== undefined) json['path'] = [path];
  const isTombstone = cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;
  if (isTombstone) json['deletion_info'] = { local_delete_time: `${cell.localDeletionTime}` };
  else {
    const isSet = cell.path !== undefined && column.type.kind === 'set';
    json['value'] = isSet ? '' : cellValue(type, cell.value);
  }
  if (cell.timestamp !== row.liveness?.timestamp) json['tstamp'] = `${cell.timestamp}`;
  const sameTtl = row.liveness !== undefined && cell.ttl === row.liveness.ttl;
  if (cell.ttl !== 0 && !sameTtl) {
    json['ttl'] = `#${cell.ttl}`;
    json['expires_at'] = `${cell.localDeletionTime}`;
  }
  return json;
};

const cellsOf = (row: Row): Json[] =>
  row.columns.flatMap((data) => [
    ...(data.deletion === undefined
      ? []
      : [{ name: quoted(data.column.text), deletion_info: deletionOf(data.deletion) }]),
    ...data.cells.map((cell) => cellOf(data, cell, row)),
  ]);

const clusteringOf = (
  header: RowHeader,
  values: readonly ClusteringValue[],
  fill: string,
): unknown[] =>
  header.clusteringTypes.map((type, i) => {
    const value = values[i];
    if (value === undefined) return fill;
    return value === null ? null : jsonOf(type, value);
  });

const rowOf = (header: RowHeader, row: Row): Json => {
  const json: Json = { type: row.isStatic ? 'static_block' : 'row', cells: cellsOf(row) };
  if (!row.isStatic && header.clusteringTypes.length > 0) {
    json['clustering'] = clusteringOf(header, row.clustering, '*');
  }
  const { liveness, deletion } = row;
  if (liveness !== undefined) {
    const expiry = { ttl: `#${liveness.ttl}`, expires_at: `${liveness.localExpirationTime}` };
    json['liveness_info'] = {
      tstamp: `${liveness.timestamp}`,
      ...(liveness.ttl === 0 ? {} : expiry),
    };
  }
  if (deletion !== undefined) json['deletion_info'] = deletionOf(deletion);
  return json;
};

const SIDES: Record<Marker['bound'], { end?: string; start?: string }> = {
  EXCL_END_BOUND: { end: 'exclusive' },
  INCL_START_BOUND: { start: 'inclusive' },
  EXCL_END_INCL_START_BOUNDARY: { end: 'exclusive', start: 'inclusive' },
  INCL_END_EXCL_START_BOUNDARY: { end: 'inclusive', start: 'exclusive' },
  INCL_END_BOUND: { end: 'inclusive' },
  EXCL_START_BOUND: { start: 'exclusive' },
};

const markerOf = (header: RowHeader, marker: Marker): Json => {
  const { start, end } = SIDES[marker.bound];
  const clustering = clusteringOf(header, marker.values, '*');
  const side = (type: string, deletion: DeletionTime | undefined): Json => ({
    type,
    ...(header.clusteringTypes.length === 0 || marker.values.length === 0 ? {} : { clustering }),
    ...(deletion === undefined ? {} : { deletion_info: deletionOf(deletion) }),
  });
  const isBoundary = start !== undefined && end !== undefined;
  return {
    type: `range_tombstone_bound${isBoundary ? 'ary' : ''}`,
    ...(start === undefined ? {} : { start: side(start, marker.opens) }),
    ...(end === undefined ? {} : { end: side(end, marker.closes) }),
  };
};

const partitionOf = (header: RowHeader, { head, rows }: WholePartition): Json => {
  const { staticRow, deletion } = head;
  const shown = staticRow === undefined || staticRow.columns.length === 0 ? [] : [staticRow];
  return {
    ...(deletion === undefined ? {} : { deletion_info: deletionOf(deletion) }),
    rows: [...shown, ...rows].map((one) =>
      one.kind === 'row' ? rowOf(header, one) : markerOf(header, one),
    ),
  };
};

/** Fields in one order; without what depends on the day and on the tool's release. */
const simplified = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(simplified);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'expired' && key !== 'position')
    .map(([key, inner]): [string, unknown] => [key, simplified(inner)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
};

/** 3.x prints dates before 1582 in the Julian calendar; which date it is says the dump's own test. */
const withoutOldDates = (text: string): string =>
  text.replace(/"-?\d{4,}-\d\d-\d\d( [\d:.]+Z)?"/g, (date) => (date < '"1583' ? '"old"' : date));

const dumpOf = ({ descriptor }: SSTableFiles): Json[] | undefined => {
  const path = join(descriptor.directory, `dump-${descriptor.id}.json.gz`);
  if (!existsSync(path)) return undefined;
  return parseExactly(gunzipSync(readFileSync(path)).toString()) as Json[];
};

const expectedOf = (dumped: Json): Json => {
  const { deletion_info: deletion } = dumped['partition'] as Json;
  return {
    ...(deletion === undefined ? {} : { deletion_info: deletion }),
    rows: dumped['rows'],
  };
};

sharedTest(test, 'every row is what the release’s own tool dumps', async () => {
  let compared = 0;
  for (const files of fixtureSSTables) {
    const dump = dumpOf(files);
    if (dump === undefined) continue;
    const name = nameOf(files);
    await withSSTable(files, async (sstable) => {
      const reader = orThrow(await sstable.rows());
      const { header } = reader;
      const partitions = await readAll(reader);
      // the tool prints nothing at all where a table has a SASI index
      if (dump.length === 0) return;
      assert.is(partitions.length, dump.length, name);
      for (const [i, partition] of partitions.entries()) {
        const a = withoutOldDates(JSON.stringify(simplified(partitionOf(header, partition))));
        const b = withoutOldDates(JSON.stringify(simplified(expectedOf(dump[i]!))));
        if (a !== b) {
          let at = 0;
          while (a[at] === b[at]) at += 1;
          const from = Math.max(0, at - 150);
          assert.unreachable(
            `${name}, partition ${i}: …${a.slice(from, at + 150)}… is not …${b.slice(from, at + 150)}…`,
          );
        }
      }
    });
    compared += 1;
  }
  assert.ok(compared > 400, `${compared} dumps`);
});

test.run();
