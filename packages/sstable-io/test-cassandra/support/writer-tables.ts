// Control plane. Tables that a node fills by CQL and the CQL writer fills with the same rows. Called by cql-writer.test.ts.
import type { CqlSSTableWriter } from '../../src/write-rows/cql-sstable-writer.ts';
import { readJsonLines } from '../../src/write-rows/read-json-lines.ts';
import type { RowForm, RowValues } from '../../src/write-rows/statement.ts';
import { runStatements } from '../../test/write-rows/cql-statements.ts';
import { mergeTables } from './merge-tables.ts';
import {
  createPlace,
  manyCells,
  type SampleType,
  type SampleValue,
  sampleTypes,
} from './typed-samples.ts';

/** One table. */
export interface WriterTable {
  readonly name: string;
  /** Columns and primary key, as between the parentheses of CREATE TABLE. */
  readonly columns: string;
  /** What follows WITH, but for compression, compaction and gc_grace_seconds. */
  readonly options?: string | undefined;
  /** What the node executes, one after the other; `T` stands for the table. */
  readonly statements: readonly string[];
  /** The same for the writer. */
  readonly write: (writer: CqlSSTableWriter) => Promise<void>;
  /** Whether nothing in it is of the clock: then the bytes are the same. */
  readonly isTimeless: boolean;
}

const FIRST_STAMP = 1_600_000_000_000_000;
const LONG_TTL_SECONDS = 100_000_000;
/** More than a table has. */
const STATEMENTS_MAX = 1000;
const FORMS: readonly RowForm[] = ['typed', 'json', 'text'];

/** One row in one form. */
interface FormRow {
  readonly form: RowForm;
  readonly values: readonly (readonly [name: string, value: SampleValue])[];
  readonly timestamp: number;
  readonly ttl: number;
}

const whole = (number: number): SampleValue => {
  const text = String(number);
  return { literal: text, typed: number, json: text };
};
const word = (text: string): SampleValue => ({
  literal: `'${text}'`,
  typed: text,
  json: `"${text}"`,
});

const jsonOf = ({ values }: FormRow): string =>
  `{${values.map(([name, { json }]) => `"${name}": ${json}`).join(', ')}}`;

const statementOf = (row: FormRow): string => {
  const { form, values, timestamp, ttl } = row;
  const using = `USING TIMESTAMP ${timestamp}${ttl === 0 ? '' : ` AND TTL ${ttl}`}`;
  if (form === 'json') return `INSERT INTO T JSON '${jsonOf(row).replaceAll("'", "''")}' ${using}`;
  const names = values.map(([name]) => name).join(', ');
  return `INSERT INTO T (${names}) VALUES (${values.map(([, { literal }]) => literal).join(', ')}) ${using}`;
};

/** As a CSV has it: without the quotes of a literal. */
const textOf = ({ literal }: SampleValue): string =>
  /^'.*'$/s.test(literal) ? literal.slice(1, -1).replaceAll("''", "'") : literal;

const jsonRow = async (row: FormRow): Promise<RowValues> => {
  const input = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${jsonOf(row)}\n`);
  };
  for await (const rows of readJsonLines(input(), 'rows.json'))
    for (const { row: values } of rows) return values;
  throw new Error('no row');
};

const valuesOf = async (row: FormRow): Promise<RowValues> =>
  row.form === 'json'
    ? await jsonRow(row)
    : Object.fromEntries(
        row.values.map(([name, value]) => [
          name,
          row.form === 'typed' ? value.typed : textOf(value),
        ]),
      );

const writeRows =
  (rows: readonly FormRow[]) =>
  async (writer: CqlSSTableWriter): Promise<void> => {
    for (const row of rows) {
      const { form, timestamp, ttl } = row;
      await writer.insert(await valuesOf(row), {
        form,
        timestampMicros: BigInt(timestamp),
        ttlSeconds: ttl,
      });
    }
  };

/** As many rows as the type with most values has, in every form. */
const rowsOf = (
  types: readonly SampleType[],
  ttlEach: number,
  keyOf: (form: RowForm, n: number) => FormRow['values'],
): readonly FormRow[] => {
  const count = Math.max(...types.map(({ values }) => values.length));
  return FORMS.flatMap((form, f) =>
    Array.from({ length: count }, (_, n) => ({
      form,
      values: [
        ...keyOf(form, n),
        ...types.map(
          ({ values }, i) => [`v${i}`, values[n % values.length] as SampleValue] as const,
        ),
      ],
      timestamp: FIRST_STAMP + 100 * f + n,
      ttl: n % 2 === 1 ? ttlEach : 0,
    })),
  );
};

const valueColumns = (types: readonly SampleType[]): string =>
  types.map(({ cql }, i) => `v${i} ${cql}`).join(', ');

const ofValues = (
  name: string,
  types: readonly SampleType[],
  ttlEach: number,
  isTimeless: boolean,
): WriterTable => {
  const rows = rowsOf(types, ttlEach, (form, n) => [
    ['form', word(form)],
    ['n', whole(n)],
    ['s', word(`static ${n}`)],
  ]);
  return {
    name,
    columns: `form text, n int, s text static, ${valueColumns(types)}, PRIMARY KEY (form, n)`,
    statements: rows.map(statementOf),
    write: writeRows(rows),
    isTimeless,
  };
};

/** Every second type is part of the partition key, the others are clustering columns, in turns descending. */
const ofKeys = (name: string, types: readonly SampleType[], parity: number): WriterTable => {
  const ordered = types.filter(({ isOrdered }) => isOrdered);
  const names = ordered.map((_, i) => `v${i}`);
  const key = names.filter((_, i) => i % 2 === parity);
  const clustering = names.filter((_, i) => i % 2 !== parity);
  const rows = rowsOf(ordered, 0, (form, n) => [
    ['form', word(form)],
    ['n', whole(n)],
    ['w', whole(n)],
  ]);
  const order = clustering.map((column, i) => `${column} ${i % 2 === 0 ? 'ASC' : 'DESC'}`);
  return {
    name,
    columns: `form text, n int, w int, ${valueColumns(ordered)}, PRIMARY KEY ((form, ${key.join(', ')}), ${clustering.join(', ')}, n)`,
    options: `CLUSTERING ORDER BY (${order.join(', ')}, n DESC)`,
    statements: rows.map(statementOf),
    write: writeRows(rows),
    isTimeless: true,
  };
};

/** By the writer as text. */
const ofStatements = (
  name: string,
  columns: string,
  options: string | undefined,
  statements: readonly string[],
): WriterTable => ({
  name,
  columns,
  options,
  statements,
  write: async (writer) => {
    const descending = new Set(
      [...(options ?? '').matchAll(/(\w+) DESC/g)].map(([, column]) => column as string),
    );
    const cql = statements.map((statement) => `${statement};`).join('\n');
    await runStatements(cql, writer, descending);
  },
  isTimeless: false,
});

/**
 * Of two cells with a time to live, or two deletions, that have the same timestamp the second of their writing tells which one stays: every time to
 * live and every deletion of rows gets one of its own, between the timestamps of all else.
 */
const withOwnTimes = (statement: string, index: number): string => {
  const isDeletion = statement.startsWith('DELETE FROM');
  return statement
    .replace(/TTL (\d+)/, (_, seconds) => `TTL ${Number(seconds) + 100 * index}`)
    .replace(/TIMESTAMP (\d+)/, (_, micros) => {
      const own = FIRST_STAMP + (Number(micros) - FIRST_STAMP) * STATEMENTS_MAX;
      return `TIMESTAMP ${own + (isDeletion ? index : 0)}`;
    });
};

/** What a node adds to a list stands by the time at which it does, whatever its timestamp. */
const isTimedByNode = (statement: string): boolean => /\bl = (?:l \+|\[.*\] \+ l)/.test(statement);

const merged = (name: string): WriterTable => {
  const table = mergeTables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  const statements = table.phases
    .flat()
    .filter((statement) => !isTimedByNode(statement))
    .map(withOwnTimes);
  return ofStatements(name, table.columns, table.options, statements);
};

/** Lists that grow at both ends, in the order of their timestamps. */
const listStatements: readonly string[] = Array.from({ length: 60 }, (_, i) => {
  const using = `USING TIMESTAMP ${FIRST_STAMP + i}${i % 7 === 0 ? ` AND TTL ${LONG_TTL_SECONDS}` : ''}`;
  const where = `WHERE k = ${i % 4}`;
  if (i % 19 === 18) return `DELETE l FROM T USING TIMESTAMP ${FIRST_STAMP + i} ${where}`;
  if (i % 11 === 10) return `UPDATE T ${using} SET l = [${i}] ${where}`;
  return i % 3 === 0
    ? `UPDATE T ${using} SET l = [${i}, ${i + 1}] + l ${where}`
    : `UPDATE T ${using} SET l = l + [${i}, ${i + 1}] ${where}`;
});

/** Statements that create the user types of all tables. */
export const userTypes = (keyspace: string): readonly string[] => [
  createPlace(keyspace),
  ...mergeTables.flatMap(({ types = [] }) => types.map((type) => type.replace('KS', keyspace))),
];

/** All tables, with the types that a release has. */
export const writerTables = (hasVectors: boolean): readonly WriterTable[] => {
  const types = sampleTypes(hasVectors);
  return [
    ofValues('every', types, 0, true),
    ofValues('many', manyCells, LONG_TTL_SECONDS, false),
    ofKeys('keys_even', types, 0),
    ofKeys('keys_odd', types, 1),
    ...['rows', 'collections', 'single', 'bare', 'wide'].map(merged),
    ofStatements('lists', 'k int PRIMARY KEY, l list<int>', undefined, listStatements),
  ];
};
