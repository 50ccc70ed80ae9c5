import { nativeType, reversedType } from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  boundPlace,
  ClusteringComparator,
  type ClusteringPlace,
  ROW_KIND,
} from '../../src/rows/clustering-comparator.ts';
import type { ClusteringValue, MarkerKind } from '../../src/rows/model.ts';

const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const row = (...values: ClusteringValue[]): ClusteringPlace => ({ kind: ROW_KIND, values });
const at = (bound: MarkerKind, ...values: ClusteringValue[]): ClusteringPlace =>
  boundPlace(bound, values);

const ordered = (comparator: ClusteringComparator, places: readonly ClusteringPlace[]): void => {
  for (const [i, a] of places.entries()) {
    for (const [j, b] of places.entries()) {
      const order = Math.sign(comparator.comparePlaces(a, b));
      assert.is(order, Math.sign(i - j), `${i} against ${j}`);
    }
  }
};

test('bounds stand before and behind the rows that begin with their values', () => {
  ordered(new ClusteringComparator([nativeType('int'), nativeType('int')]), [
    at('INCL_START_BOUND'),
    row(int(-1), int(5)),
    at('INCL_START_BOUND', int(1)),
    at('INCL_START_BOUND', int(1), int(1)),
    row(int(1), int(1)),
    at('EXCL_START_BOUND', int(1), int(1)),
    at('EXCL_END_BOUND', int(1), int(2)),
    row(int(1), int(2)),
    at('INCL_END_EXCL_START_BOUNDARY', int(1)),
    at('EXCL_END_INCL_START_BOUNDARY', int(2)),
    row(int(2), int(-7)),
    at('INCL_END_BOUND', int(2)),
    row(int(3), int(0)),
    at('INCL_END_BOUND'),
  ]);
});

test('bounds on one side of the same values are one place', () => {
  const comparator = new ClusteringComparator([nativeType('int')]);
  const sides: MarkerKind[][] = [
    ['EXCL_END_BOUND', 'INCL_START_BOUND', 'EXCL_END_INCL_START_BOUNDARY'],
    ['INCL_END_BOUND', 'EXCL_START_BOUND', 'INCL_END_EXCL_START_BOUNDARY'],
  ];
  for (const kinds of sides) {
    for (const a of kinds) {
      for (const b of kinds) {
        assert.is(comparator.comparePlaces(at(a, int(1)), at(b, int(1))), 0, `${a} and ${b}`);
      }
    }
  }
});

test('a descending column is the other way round, but nulls stay in front', () => {
  const comparator = new ClusteringComparator([
    reversedType(nativeType('int')),
    nativeType('text'),
  ]);
  ordered(comparator, [
    row(null, Buffer.from('a')),
    row(int(7), null),
    row(int(7), new Uint8Array(0)),
    row(int(7), Buffer.from('a')),
    row(int(-3), Buffer.from('a')),
    row(new Uint8Array(0), Buffer.from('a')),
  ]);
});

test('without clustering columns there is one row', () => {
  const comparator = new ClusteringComparator([]);
  assert.is(comparator.comparePlaces(row(), row()), 0);
  ordered(comparator, [at('INCL_START_BOUND'), row(), at('INCL_END_BOUND')]);
});

test.run();
