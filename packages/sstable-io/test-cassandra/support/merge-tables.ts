// Control plane. Tables whose flushes meet in everything that a merge must reconcile: statements by chance of every kind, over few rows and few
// timestamps. Data only; called by merge.test.ts.
import { seededRandom } from '@scamander-tools/testing';

/** One table: how it is made, and what is executed before each flush. `KS` stands for the keyspace, `T` for the table. */
export interface MergeTable {
  readonly name: string;
  /** Types it needs. */
  readonly types?: readonly string[];
  /** Columns and primary key, as between the parentheses of CREATE TABLE. */
  readonly columns: string;
  /** What follows WITH, but for compaction and gc_grace_seconds. */
  readonly options?: string;
  /** A view of it, by the end of its CREATE statement. */
  readonly view?: { readonly name: string; readonly as: string };
  /** ALTER statements by the phase before which they are executed. */
  readonly alters?: Readonly<Record<number, string>>;
  /** Each phase is flushed, so it makes one SSTable. */
  readonly phases: readonly (readonly string[])[];
}

const PHASES = 4;
/** Microseconds; few different ones, so that many are equal. */
const STAMPS = 12;
const EARLY_STAMPS = 4;
const FIRST_STAMP = 1_600_000_000_000_000;
/** So far ahead that nothing expires. */
const LONG_TTL_SECONDS = 100_000_000;

const random = seededRandom(20);
const below = (count: number): number => Math.floor(random() * count);
const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const stamp = (): string => `USING TIMESTAMP ${FIRST_STAMP + below(STAMPS)}`;
/** Of deletions of whole rows, ranges and partitions: most of what else there is is later. */
const early = (): string => `USING TIMESTAMP ${FIRST_STAMP + below(EARLY_STAMPS)}`;
/** With a time to live now and then. */
const stampOrTtl = (): string => {
  const ttl = LONG_TTL_SECONDS + below(3) * 1000;
  return below(4) === 0 ? `${stamp()} AND TTL ${ttl}` : stamp();
};

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const phases = (count: number, makers: readonly (() => string)[]): readonly string[][] =>
  times(PHASES, () => times(count, () => one(makers)()));

const text = (): string => one(["'a'", "'ab'", "'b'", "''", "'z'"]);
const int = (): string => one(['0', '1', '-1', '255', '256']);
const word = (): string => one(["'x'", "'y'", "'z'"]);

/** Rows by two clustering columns, the second one descending, with static columns. */
const RANGES: readonly (() => string)[] = [
  () => `c1 = ${below(4)}`,
  () => `c1 > ${below(4)}`,
  () => `c1 <= ${below(4)}`,
  () => `c1 >= ${below(2)} AND c1 < ${2 + below(2)}`,
  () => `c1 = ${below(4)} AND c2 > ${below(3)}`,
  () => `c1 = ${below(4)} AND c2 >= ${below(2)} AND c2 <= ${2 + below(2)}`,
  () => `c1 = ${below(4)} AND c2 < ${below(3)}`,
];
const key = (): string => `k = ${below(6)}`;
const row = (): string => `${key()} AND c1 = ${below(4)} AND c2 = ${below(3)}`;

const rows: MergeTable = {
  name: 'rows',
  columns:
    'k int, c1 int, c2 int, v text, w int, s text static, sm map<text, int> static, PRIMARY KEY (k, c1, c2)',
  options: 'CLUSTERING ORDER BY (c1 ASC, c2 DESC)',
  phases: phases(150, [
    () =>
      `INSERT INTO T (k, c1, c2, v, w) VALUES (${below(6)}, ${below(4)}, ${below(3)}, ${text()}, ${int()}) ${stampOrTtl()}`,
    () =>
      `INSERT INTO T (k, c1, c2, v) VALUES (${below(6)}, ${below(4)}, ${below(3)}, null) ${stampOrTtl()}`,
    () => `UPDATE T ${stampOrTtl()} SET v = ${text()} WHERE ${row()}`,
    () => `UPDATE T ${stampOrTtl()} SET w = ${int()} WHERE ${row()}`,
    () => `UPDATE T ${stampOrTtl()} SET s = ${text()} WHERE ${key()}`,
    () => `UPDATE T ${stampOrTtl()} SET sm[${word()}] = ${int()} WHERE ${key()}`,
    () => `UPDATE T ${stamp()} SET sm = {'x': 1} WHERE ${key()}`,
    () => `DELETE v FROM T ${stamp()} WHERE ${row()}`,
    () => `DELETE s FROM T ${stamp()} WHERE ${key()}`,
    () => `DELETE FROM T ${early()} WHERE ${row()}`,
    () => `DELETE FROM T ${early()} WHERE ${key()} AND ${one(RANGES)()}`,
    () => `DELETE FROM T ${early()} WHERE ${key()}`,
  ]),
};

const collectionRow = (): string => `k = ${below(3)} AND c = ${below(3)}`;
const collections: MergeTable = {
  name: 'collections',
  types: ['CREATE TYPE IF NOT EXISTS KS.pair (a int, b text)'],
  columns:
    'k int, c int, l list<int>, s set<text>, m map<text, int>, u pair, f frozen<list<int>>, fu frozen<pair>, PRIMARY KEY (k, c)',
  phases: phases(150, [
    () =>
      `INSERT INTO T (k, c, l, s, m, u, f, fu) VALUES (${below(3)}, ${below(3)}, [${int()}, 2], {${word()}}, {${word()}: ${int()}}, {a: ${int()}, b: ${text()}}, [1, ${int()}], {a: 1, b: ${text()}}) ${stampOrTtl()}`,
    () => `UPDATE T ${stampOrTtl()} SET m = {${word()}: ${int()}} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET m[${word()}] = ${int()} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET m = m + {${word()}: ${int()}} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stamp()} SET m = m - {${word()}} WHERE ${collectionRow()}`,
    () => `DELETE m[${word()}] FROM T ${stamp()} WHERE ${collectionRow()}`,
    () => `DELETE m FROM T ${early()} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET s = s + {${word()}} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stamp()} SET s = s - {${word()}} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stamp()} SET s = {${word()}} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET l = l + [${int()}] WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET l = [${int()}] + l WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET l = [${int()}, ${int()}] WHERE ${collectionRow()}`,
    () => `UPDATE T ${stampOrTtl()} SET u.a = ${int()} WHERE ${collectionRow()}`,
    () => `UPDATE T ${stamp()} SET u = {a: ${int()}, b: ${text()}} WHERE ${collectionRow()}`,
    () => `DELETE u.b FROM T ${stamp()} WHERE ${collectionRow()}`,
    () => `DELETE u, f FROM T ${early()} WHERE ${collectionRow()}`,
    () => `DELETE FROM T ${early()} WHERE ${collectionRow()}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(3)} AND c >= ${below(3)}`,
  ]),
};

/** Without clustering columns; and without any columns but the key. */
const single: MergeTable = {
  name: 'single',
  columns: 'k int PRIMARY KEY, v text, s set<int>',
  phases: phases(40, [
    () => `INSERT INTO T (k, v, s) VALUES (${below(9)}, ${text()}, {${int()}}) ${stampOrTtl()}`,
    () => `UPDATE T ${stampOrTtl()} SET s = s + {${int()}} WHERE k = ${below(9)}`,
    () => `DELETE v FROM T ${stamp()} WHERE k = ${below(9)}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(9)}`,
  ]),
};

const bare: MergeTable = {
  name: 'bare',
  columns: 'k int, c text, PRIMARY KEY (k, c)',
  options: 'CLUSTERING ORDER BY (c DESC)',
  phases: phases(40, [
    () => `INSERT INTO T (k, c) VALUES (${below(4)}, ${text()}) ${stampOrTtl()}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(4)} AND c = ${text()}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(4)} AND c < ${text()}`,
  ]),
};

/** Everything that can be said of a cell, and of what covers it, at one and the same timestamp. */
const SAME = `USING TIMESTAMP ${FIRST_STAMP}`;
const TIES: readonly ((k: string) => string)[] = [
  (k) => `INSERT INTO T (k, c, v, m) VALUES (${k}, 1, 1, {'x': 1}) ${SAME}`,
  (k) => `INSERT INTO T (k, c, v, m) VALUES (${k}, 1, -1, {'x': -1}) ${SAME}`,
  (k) => `INSERT INTO T (k, c) VALUES (${k}, 1) ${SAME}`,
  (k) => `INSERT INTO T (k, c, v) VALUES (${k}, 1, null) ${SAME}`,
  (k) => `INSERT INTO T (k, c, v) VALUES (${k}, 1, blobAsInt(0x)) ${SAME}`,
  (k) => `INSERT INTO T (k, c, v) VALUES (${k}, 1, 2) ${SAME} AND TTL ${LONG_TTL_SECONDS}`,
  (k) => `INSERT INTO T (k, c, v) VALUES (${k}, 1, 2) ${SAME} AND TTL ${LONG_TTL_SECONDS + 9999}`,
  (k) => `UPDATE T ${SAME} AND TTL ${LONG_TTL_SECONDS} SET m['x'] = 5 WHERE k = ${k} AND c = 1`,
  (k) => `UPDATE T ${SAME} SET m['x'] = 7, v = 256 WHERE k = ${k} AND c = 1`,
  (k) => `UPDATE T ${SAME} AND TTL 1 SET v = 3, m['x'] = 3 WHERE k = ${k} AND c = 1`,
  (k) => `DELETE v FROM T ${SAME} WHERE k = ${k} AND c = 1`,
  (k) => `DELETE m['x'] FROM T ${SAME} WHERE k = ${k} AND c = 1`,
  (k) => `DELETE m FROM T ${SAME} WHERE k = ${k} AND c = 1`,
  (k) => `DELETE FROM T ${SAME} WHERE k = ${k} AND c = 1`,
  (k) => `DELETE FROM T ${SAME} WHERE k = ${k} AND c >= 1`,
  (k) => `DELETE FROM T ${SAME} WHERE k = ${k} AND c > 0 AND c <= 1`,
  (k) => `DELETE FROM T ${SAME} WHERE k = ${k}`,
];

/** Every ordered pair of them, in two SSTables. */
const ties: MergeTable = {
  name: 'ties',
  columns: 'k text, c int, v int, m map<text, int>, PRIMARY KEY (k, c)',
  phases: [0, 1].map((phase) =>
    TIES.flatMap((_, a) =>
      TIES.map((__, b) => (TIES[phase === 0 ? a : b] as (k: string) => string)(`'${a} ${b}'`)),
    ),
  ),
};

/** What expires at once, beside what does not. */
const expired: MergeTable = {
  name: 'expired',
  columns: 'k int, c int, v text, m map<text, int>, PRIMARY KEY (k, c)',
  phases: phases(80, [
    () =>
      `INSERT INTO T (k, c, v, m) VALUES (${below(4)}, ${below(4)}, ${text()}, {${word()}: 1}) ${stamp()} AND TTL 1`,
    () =>
      `INSERT INTO T (k, c, v, m) VALUES (${below(4)}, ${below(4)}, ${text()}, {${word()}: 1}) ${stampOrTtl()}`,
    () =>
      `UPDATE T ${stamp()} AND TTL 1 SET v = ${text()}, m[${word()}] = 3 WHERE k = ${below(4)} AND c = ${below(4)}`,
    () => `DELETE v FROM T ${stamp()} WHERE k = ${below(4)} AND c = ${below(4)}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(4)} AND c > ${below(4)}`,
  ]),
};

/** Deletions are of this moment: a counter that was deleted is not counted again. */
const counters: MergeTable = {
  name: 'counters',
  columns: 'k int, c int, n counter, m counter, PRIMARY KEY (k, c)',
  phases: times(PHASES, (phase) => [
    ...times(60, () => `UPDATE T SET n = n + ${int()} WHERE k = ${below(4)} AND c = ${below(5)}`),
    ...times(20, () => `UPDATE T SET m = m - 3 WHERE k = ${below(4)} AND c = ${below(5)}`),
    `DELETE n FROM T WHERE k = 4 AND c = ${phase}`,
    `DELETE FROM T WHERE k = 3 AND c = ${5 + phase}`,
    ...(phase === PHASES - 1
      ? ['DELETE FROM T WHERE k = 0', 'DELETE FROM T WHERE k = 1 AND c > 2']
      : []),
  ]),
};

/** Columns that come later: the headers of the SSTables differ. */
const altered: MergeTable = {
  name: 'altered',
  columns: 'k int, c int, n text, PRIMARY KEY (k, c)',
  alters: { 1: 'ALTER TABLE T ADD a set<int>', 2: 'ALTER TABLE T ADD (z int, s text static)' },
  phases: times(PHASES, (phase) =>
    times(30, (index) => {
      const columns = ['n', 'a', 'z'].slice(0, phase + 1);
      const values = [text(), `{${int()}}`, int()].slice(0, phase + 1);
      return index % 5 === 0
        ? `DELETE ${one(columns)} FROM T ${stamp()} WHERE k = ${below(3)} AND c = ${below(4)}`
        : `INSERT INTO T (k, c, ${columns.join(', ')}) VALUES (${below(3)}, ${below(4)}, ${values.join(', ')}) ${stamp()}`;
    }),
  ),
};

/** Partitions of several index blocks, with ranges over the ends of blocks. */
const wide: MergeTable = {
  name: 'wide',
  columns: 'k int, c int, v text, PRIMARY KEY (k, c)',
  phases: times(PHASES, (phase) => [
    ...times(
      120,
      (index) =>
        `INSERT INTO T (k, c, v) VALUES (${index % 2}, ${index * PHASES + phase}, '${String(below(9)).repeat(900)}') ${stamp()}`,
    ),
    ...times(
      4,
      (index) =>
        `DELETE FROM T ${early()} WHERE k = ${index % 2} AND c > ${below(400)} AND c <= ${200 + below(400)}`,
    ),
    ...times(10, () => `DELETE FROM T ${early()} WHERE k = ${below(2)} AND c = ${below(480)}`),
  ]),
};

/** A row of the view is deleted, in a way that later ones undo, where the column that is part of its key changes. */
const viewed: MergeTable = {
  name: 'viewed',
  columns: 'k int PRIMARY KEY, a int, v text',
  view: {
    name: 'by_a',
    as: 'AS SELECT * FROM T WHERE a IS NOT NULL AND k IS NOT NULL PRIMARY KEY (a, k)',
  },
  phases: phases(30, [
    () => `INSERT INTO T (k, a, v) VALUES (${below(4)}, ${below(3)}, ${text()}) ${stampOrTtl()}`,
    () => `UPDATE T ${stampOrTtl()} SET a = ${below(3)} WHERE k = ${below(4)}`,
    () => `UPDATE T ${stampOrTtl()} SET v = ${text()} WHERE k = ${below(4)}`,
    () => `DELETE a FROM T ${early()} WHERE k = ${below(4)}`,
    () => `DELETE FROM T ${early()} WHERE k = ${below(4)}`,
  ]),
};

/** All of them. */
export const mergeTables: readonly MergeTable[] = [
  rows,
  collections,
  single,
  bare,
  ties,
  expired,
  counters,
  altered,
  wide,
  viewed,
];
