import {
  type CqlType,
  isCompatible,
  isReadableAs,
  isSerializationCompatible,
  isValueCompatible,
} from '@scamander/cql-types';
import { seededRandom, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Matrices, type Matrix, readMatrices, releases, typeOf } from './matrices.ts';

type Relation = (reader: CqlType, written: CqlType) => boolean;

const relations: readonly (readonly [string, Relation, (m: Matrices) => Matrix])[] = [
  ['isCompatible', isCompatible, (m) => m.compatible_types],
  ['isSerializationCompatible', isSerializationCompatible, (m) => m.serialization_compatible_types],
  ['isValueCompatible', isValueCompatible, (m) => m.value_compatible_types],
];

/** Cassandra's test compares types of one shape, and simple types, with each other; other pairs are not in its matrices. */
const shapeOf = (text: string): string => {
  const shape = text.replace(/^org\.apache\.cassandra\.db\.marshal\./, '').split('(')[0] as string;
  if (!text.includes('(')) return 'simple';
  return ['TupleType', 'UserType', 'FrozenType'].includes(shape) ? 'tuple' : shape;
};

const allTypes = (matrices: Matrices): readonly string[] => {
  const texts = new Set(matrices.primitive_types);
  for (const [, , matrixOf] of relations)
    for (const [reader, written] of Object.entries(matrixOf(matrices))) {
      texts.add(reader);
      for (const text of written) texts.add(text);
    }
  return [...texts].sort();
};

const random = seededRandom(41);

const pick = (texts: readonly string[], count: number): readonly string[] =>
  Array.from({ length: count }, () => texts[Math.floor(random() * texts.length)] as string);

for (const release of releases) {
  for (const [name, relation, matrixOf] of relations) {
    sharedTest(test, `${name}: every pair that ${release} allows`, () => {
      const wrong: string[] = [];
      for (const [reader, all] of Object.entries(matrixOf(readMatrices(release))))
        for (const written of all)
          if (!relation(typeOf(reader), typeOf(written))) wrong.push(`${reader} <- ${written}`);
      assert.equal(wrong.slice(0, 5), [], `${wrong.length} pairs`);
    });

    sharedTest(test, `${name}: no pair that ${release} does not allow`, () => {
      const matrices = readMatrices(release);
      const matrix = matrixOf(matrices);
      const texts = allTypes(matrices);
      const byShape = new Map<string, string[]>();
      for (const text of texts)
        byShape.set(shapeOf(text), [...(byShape.get(shapeOf(text)) ?? []), text]);
      const wrong: string[] = [];
      let compared = 0;
      for (const reader of texts) {
        const peers = byShape.get(shapeOf(reader)) as string[];
        const allowed = new Set(matrix[reader] ?? []);
        const some = peers.length <= 25 ? peers : pick(peers, 10);
        for (const written of some) {
          if (written === reader || allowed.has(written)) continue;
          compared += 1;
          if (relation(typeOf(reader), typeOf(written))) wrong.push(`${reader} <- ${written}`);
        }
      }
      assert.ok(compared > 10_000, `${compared}`);
      assert.equal(wrong.slice(0, 5), [], `${wrong.length} of ${compared} pairs`);
    });
  }

  sharedTest(test, `${release}: every type reads its own values`, () => {
    for (const text of allTypes(readMatrices(release)))
      for (const [, relation] of relations) assert.ok(relation(typeOf(text), typeOf(text)), text);
  });
}

const reads = (target: string, written: string, place?: 'clustering' | 'regular'): boolean =>
  isReadableAs(typeOf(written), typeOf(target), place);

test('isReadableAs: columns need the layout, clusterings the order too', () => {
  assert.ok(reads('TimestampType', 'LongType', 'regular'));
  assert.not(reads('TimestampType', 'LongType', 'clustering'));
  assert.not(reads('TimestampType', 'LongType'));
  assert.ok(reads('UTF8Type', 'AsciiType', 'clustering'));
  assert.not(reads('AsciiType', 'UTF8Type', 'regular'));
  assert.not(reads('BytesType', 'Int32Type', 'regular'), 'fixed and variable length');
  assert.not(reads('TimeType', 'LongType', 'regular'), 'time carries a length, bigint does not');
});

test('isReadableAs: the direction of a clustering column', () => {
  assert.ok(reads('ReversedType(Int32Type)', 'ReversedType(Int32Type)', 'clustering'));
  assert.not(reads('ReversedType(Int32Type)', 'Int32Type', 'clustering'));
  assert.not(reads('Int32Type', 'ReversedType(Int32Type)'));
});

test('isReadableAs: frozen and multi-cell are laid out differently', () => {
  assert.not(reads('ListType(Int32Type)', 'FrozenType(ListType(Int32Type))', 'regular'));
  assert.not(
    reads('UserType(ks,74,61:Int32Type)', 'FrozenType(UserType(ks,74,61:Int32Type))', 'regular'),
  );
  assert.ok(
    reads('UserType(ks,74,61:Int32Type,62:UTF8Type)', 'UserType(ks,74,61:Int32Type)', 'regular'),
  );
});

test('isReadableAs: counters stay counters', () => {
  assert.ok(reads('CounterColumnType', 'CounterColumnType', 'regular'));
  assert.not(reads('BytesType', 'CounterColumnType', 'regular'));
  assert.not(reads('CounterColumnType', 'LongType', 'regular'));
});

test('isReadableAs: vectors, partitioner order and unknown classes read only themselves', () => {
  assert.ok(reads('VectorType(FloatType , 3)', 'VectorType(FloatType,3)'));
  assert.not(reads('VectorType(FloatType , 3)', 'VectorType(FloatType , 4)'));
  assert.ok(reads('com.example.Point(2)', 'com.example.Point(2)'));
  assert.not(reads('com.example.Point(2)', 'com.example.Point(3)'));
});

test.run();
