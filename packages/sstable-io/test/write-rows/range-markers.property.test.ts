import { nativeType, reversedType } from '@scamander/cql-types';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deletionSupersedes, sameDeletion } from '../../src/merge/supersede.ts';
import {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
  ROW_KIND,
} from '../../src/rows/clustering-comparator.ts';
import type { DeletionTime, Marker } from '../../src/rows/model.ts';
import { PartitionOrder } from '../../src/rows/partition-order.ts';
import { NO_ENCODING_STATS, type RowHeader } from '../../src/rows/row-header.ts';
import type { RangeDeletion } from '../../src/write-rows/mutation.ts';
import { rangeMarkers } from '../../src/write-rows/range-markers.ts';

const HEADER: RowHeader = {
  keyType: nativeType('int'),
  clusteringTypes: [nativeType('tinyint'), reversedType(nativeType('tinyint'))],
  staticColumns: [],
  regularColumns: [],
  encoding: NO_ENCODING_STATS,
};
const COMPARATOR = new ClusteringComparator(HEADER.clusteringTypes);

const value = fc.integer({ min: 0, max: 3 }).map((n) => Uint8Array.of(n));
const values = fc.array(value, { maxLength: 2 });
const deletion: fc.Arbitrary<DeletionTime> = fc.record({
  markedForDeleteAt: fc.bigInt({ min: 1n, max: 3n }),
  localDeletionTime: fc.integer({ min: 1, max: 2 }),
});

/** Ranges that hold something, few enough values that they meet and overlap in every way. */
const range: fc.Arbitrary<RangeDeletion> = fc
  .record({ from: values, to: values, deletion, isFrom: fc.boolean(), isTo: fc.boolean() })
  .map(({ from, to, deletion: deleted, isFrom, isTo }) => ({
    start: boundPlace(isFrom ? 'INCL_START_BOUND' : 'EXCL_START_BOUND', from),
    end: boundPlace(isTo ? 'INCL_END_BOUND' : 'EXCL_END_BOUND', to),
    deletion: deleted,
  }))
  .filter(({ start, end }) => COMPARATOR.comparePlaces(start, end) < 0);

const ROWS: readonly ClusteringPlace[] = [0, 1, 2, 3].flatMap((first) =>
  [0, 1, 2, 3].map((second) => ({
    kind: ROW_KIND,
    values: [Uint8Array.of(first), Uint8Array.of(second)],
  })),
);

/** What deletes a row, by looking at every range. */
const strongest = (
  row: ClusteringPlace,
  ranges: readonly RangeDeletion[],
): DeletionTime | undefined => {
  let found: DeletionTime | undefined;
  for (const { start, end, deletion: deleted } of ranges)
    if (
      COMPARATOR.comparePlaces(start, row) < 0 &&
      COMPARATOR.comparePlaces(row, end) < 0 &&
      deletionSupersedes(deleted, found)
    )
      found = deleted;
  return found;
};

/** What is open at a row, by the markers before it. */
const openAt = (row: ClusteringPlace, markers: readonly Marker[]): DeletionTime | undefined =>
  markers.findLast((marker) => COMPARATOR.compareWithPlace(marker, row) < 0)?.opens;

test('markers are in order, open and close in turn, and delete what the ranges delete', () => {
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 8 }),
      fc.option(deletion, { nil: undefined, freq: 2 }),
      (ranges, partitionDeletion) => {
        const markers = rangeMarkers(ranges, COMPARATOR, partitionDeletion);
        const order = new PartitionOrder(HEADER);
        order.begin(undefined);
        for (const marker of markers) {
          order.next(marker, 0);
          assert.not(sameDeletion(marker.closes, marker.opens), 'a marker that changes nothing');
        }
        order.end(0);
        const counted = ranges.filter((candidate) =>
          deletionSupersedes(candidate.deletion, partitionDeletion),
        );
        for (const row of ROWS)
          assert.ok(
            sameDeletion(openAt(row, markers), strongest(row, counted)),
            String(row.values),
          );
      },
    ),
    { numRuns: 2000 },
  );
});

test('ranges that touch and delete alike are one', () => {
  const deleted: DeletionTime = { markedForDeleteAt: 1n, localDeletionTime: 1 };
  const at = (n: number) => [Uint8Array.of(n)];
  const markers = rangeMarkers(
    [
      {
        start: boundPlace('EXCL_START_BOUND', at(2)),
        end: boundPlace('INCL_END_BOUND', []),
        deletion: deleted,
      },
      {
        start: boundPlace('INCL_START_BOUND', at(1)),
        end: boundPlace('INCL_END_BOUND', at(2)),
        deletion: deleted,
      },
    ],
    COMPARATOR,
    undefined,
  );
  assert.equal(markers, [
    { kind: 'marker', bound: 'INCL_START_BOUND', values: at(1), closes: undefined, opens: deleted },
    { kind: 'marker', bound: 'INCL_END_BOUND', values: [], closes: deleted, opens: undefined },
  ]);
});

test.run();
