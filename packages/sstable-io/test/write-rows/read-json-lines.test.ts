import { NumberText } from '@scamander/cql-types';
import { everySplit } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import { readJsonLines, type SourcedRow } from '../../src/write-rows/read-json-lines.ts';

const pieces = async function* (parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
};

const readAll = async (parts: readonly Uint8Array[]): Promise<SourcedRow[]> => {
  const rows: SourcedRow[] = [];
  for await (const batch of readJsonLines(pieces(parts), 'rows')) rows.push(...batch);
  return rows;
};

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const TEXT = '{"a": 1, "Ünder": "é\\n\\"x"}\r\n\n  \n{"b": [1, 2]}\n{"c": null}';
const ROWS: readonly SourcedRow[] = [
  { row: { a: 1, ünder: 'é\n"x' }, line: 1 },
  { row: { b: [1, 2] }, line: 4 },
  { row: { c: null }, line: 5 },
];

test('one object a line, empty lines passed over, split anywhere', async () => {
  assert.equal(await readAll([bytes(TEXT)]), ROWS);
  for (const parts of everySplit(bytes(TEXT))) assert.equal(await readAll(parts), ROWS);
  assert.equal(await readAll([]), []);
});

test('names are in lower case, unless they stand in quotes of their own (Json#parseJson)', async () => {
  const [only] = await readAll([bytes('{"ID": 1, "\\"Name\\"": 2, "x\\"": 3}')]);
  assert.equal(only?.row, { id: 1, Name: 2, 'x"': 3 });
});

test('numbers keep their digits', async () => {
  const [only] = await readAll([
    bytes('{"big": 9007199254740993, "scale": 1.50, "text": "1.50", "n": 15}'),
  ]);
  const { big, scale, text, n } = (only?.row ?? {}) as Record<string, unknown>;
  assert.ok(big instanceof NumberText && big.text === '9007199254740993');
  assert.ok(scale instanceof NumberText && scale.text === '1.50');
  assert.equal([text, n], ['1.50', 15]);
});

test('what is no object is refused with its line', async () => {
  for (const [text, line] of [
    ['{"a": 1}\n[1]', 2],
    ['{"a": 1}\n\n{"a": ', 3],
    ['5\n', 1],
    ['{"a": 1.5, }\n', 1],
  ] as const) {
    let found: unknown;
    try {
      await readAll([bytes(text)]);
    } catch (error) {
      found = error;
    }
    assert.ok(found instanceof SSTableError && found.code === 'SCM_SSTABLE_ROW', text);
    assert.match(found.message, new RegExp(`^rows, line ${line}: `), text);
  }
});

test.run();
