// The values in dumps that `sstabledump -t` made, letter by letter, with their types. Called by the tests of printers and encoders.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CqlType, nativeType, parseSchema, type TableSchema } from '@scamander/cql-types';
import { fixture } from '@scamander-tools/testing';

/** Folders whose tables have both a schema and dumps. */
export const DUMPED = ['5.0.6-oa', '5.0.6-da', '5.0.6-nb', '4.1.10-nb', '4.0.19-nb', '3.11.19-me'];

/** A value as it stands in a dump. */
export interface DumpedValue {
  readonly table: string;
  readonly type: CqlType;
  /** Its JSON, or the text of a key or path. */
  readonly text: string;
}

/** Values printed as JSON, and those printed as plain text. */
export interface DumpedValues {
  readonly json: DumpedValue[];
  readonly plain: DumpedValue[];
}

/** Index after the JSON value at a place. */
const endOfValue = (line: string, start: number): number => {
  let depth = 0;
  for (let at = start; ; at++) {
    const character = line.charAt(at);
    if (character === '"') at = endOfString(line, at) - 1;
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    const next = line.charAt(at + 1);
    if (
      depth === 0 &&
      (next === ',' || next === ' ' || next === ']' || next === '}' || next === '')
    )
      return at + 1;
  }
};

const endOfString = (line: string, start: number): number => {
  let at = start + 1;
  while (line.charAt(at) !== '"') at += line.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
};

/** The JSON of each element of the array behind a label, which stands on the line. */
const elementsBehind = (line: string, label: string): string[] => {
  const elements: string[] = [];
  let at = line.indexOf(label) + label.length + 2;
  while (line.charAt(at) !== ']') {
    const end = endOfValue(line, at);
    elements.push(line.slice(at, end));
    at = end + (line.charAt(end) === ',' ? 2 : 1);
  }
  return elements;
};

/** Types of a cell's path and value in a column of several cells. */
const cellTypes = (
  type: CqlType,
  path: string,
): readonly [path: CqlType | undefined, value: CqlType] => {
  if (type.kind === 'map') return [type.key, type.value];
  if (type.kind === 'set') return [type.element, nativeType('empty')];
  if (type.kind === 'list') return [nativeType('timeuuid'), type.element];
  if (type.kind === 'udt')
    return [undefined, type.fields.find((field) => field.name === path)?.type ?? type];
  return [undefined, type];
};

/** A column's name as dumps write it: in quotes unless it is in lower case. */
const plainName = (printed: string): string =>
  printed.replace(/^"(.*)"$/, '$1').replaceAll('""', '"');

const readCell = (line: string, table: TableSchema, into: DumpedValues): void => {
  const [, printed] = /^\s*\{ "name" : ("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
  if (printed === undefined) return;
  const name = plainName(JSON.parse(printed) as string);
  const column = [...table.regularColumns, ...table.staticColumns].find((one) => one.name === name);
  if (column === undefined) return;
  const [path] = line.includes('"path" : [') ? elementsBehind(line, '"path" : ') : [];
  const pathText = path === undefined ? '' : (JSON.parse(path) as string);
  const [pathType, type] =
    path === undefined ? [undefined, column.type] : cellTypes(column.type, pathText);
  if (pathType !== undefined)
    into.plain.push({ table: table.table, type: pathType, text: pathText });
  const at = line.indexOf('"value" : ');
  if (at < 0) return;
  const start = at + '"value" : '.length;
  into.json.push({ table: table.table, type, text: line.slice(start, endOfValue(line, start)) });
};

const readDump = (text: string, table: TableSchema, into: DumpedValues): void => {
  for (const line of text.split('\n')) {
    if (line.includes('"clustering" : [')) {
      for (const [i, json] of elementsBehind(line, '"clustering" : ').entries())
        if (json !== '"*"')
          into.json.push({
            table: table.table,
            type: (table.clustering[i] as { type: CqlType }).type,
            text: json,
          });
    } else if (/^\s*"key" : \[/.test(line)) {
      for (const [i, json] of elementsBehind(line, '"key" : ').entries())
        into.plain.push({
          table: table.table,
          type: (table.partitionKey[i] as { type: CqlType }).type,
          text: JSON.parse(json) as string,
        });
    } else readCell(line, table, into);
  }
};

/** All values of a folder's dumps. Only inside a shared test. */
export const dumpedValues = (folder: string): DumpedValues => {
  const values: DumpedValues = { json: [], plain: [] };
  for (const name of readdirSync(fixture('real', folder)).sort()) {
    const schemaFile = fixture('real', folder, name, 'schema.cql');
    if (!existsSync(schemaFile)) continue;
    const schema = parseSchema(readFileSync(schemaFile, 'utf8'), { keyspace: 'fx' });
    const table = schema._tag === 'Right' ? schema.right.tables.at(-1) : undefined;
    if (table === undefined) throw new Error(`${schemaFile}: no table`);
    for (const file of readdirSync(fixture('real', folder, name)))
      if (file.startsWith('dump-'))
        readDump(
          gunzipSync(readFileSync(join(fixture('real', folder, name), file))).toString('utf8'),
          table,
          values,
        );
  }
  return values;
};
