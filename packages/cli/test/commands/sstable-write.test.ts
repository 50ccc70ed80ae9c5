import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ran, runCli } from '../fake-world.ts';

const SCHEMA = `CREATE TYPE shop.money (amount decimal, currency text);
CREATE TABLE shop.orders (id int, line int, name text, price frozen<money>, tags set<text>, big bigint, note text static,
  PRIMARY KEY (id, line)) WITH ID = 5a1c395e-b41f-11e5-9f22-ba0be0483c18 AND compression = {'enabled': 'false'};`;

interface Place {
  /** Writes a file; its path. */
  readonly file: (name: string, text: string) => string;
  /** Runs `sstable write` into the folder's data directory. */
  readonly write: (...argv: string[]) => Promise<Ran>;
  /** Partitions of all that was written, as the dump's JSON. */
  readonly dump: () => Promise<Record<string, unknown>[]>;
  readonly data: string;
}

const withPlace = (body: (place: Place) => Promise<void>, schema = SCHEMA): Promise<void> =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'data');
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const schemaFile = file('schema.cql', schema);
    await body({
      file,
      data,
      write: (...argv) =>
        runCli(['sstable', 'write', '--schema', schemaFile, '--into', data, ...argv]),
      dump: async () => {
        const ran = await runCli(['sstable', 'dump', '--json', '--timestamps', 'raw', data]);
        assert.is(ran.code, 0, ran.err);
        return ran.lines().filter((line) => line['type'] === 'Partition');
      },
    });
  });

const JSON_LINES = `{"id": 2, "line": 1, "name": "it's", "price": {"amount": 1.50, "currency": "EUR"}, "big": 9007199254740993}

{"ID": 1, "line": 2, "tags": ["b", "a"], "note": "n"}
{"id": 1, "line": 1, "name": null}
`;

test('JSON lines become SSTables below the data directory, sound and as they were said', () =>
  withPlace(async ({ file, write, data }) => {
    const ran = await write('--timestamp', '1000', file('rows.jsonl', JSON_LINES));
    assert.is(ran.code, 0, ran.err);
    const table = join(data, 'shop', 'orders-5a1c395eb41f11e59f22ba0be0483c18');
    assert.ok(existsSync(join(table, 'nb-1-big-Data.db')));
    assert.match(ran.out, /orders-5a1c395eb41f11e59f22ba0be0483c18\/nb-1-big-Data\.db/);
    assert.match(ran.out, /3 rows in 1 SSTables, 0 rows left out/);
    const verify = await runCli(['sstable', 'verify', '--deep', data]);
    assert.is(verify.code, 0, verify.err);
    const text = await rawDump(data);
    for (const part of [
      '"value":"it\'s"',
      '"value":9007199254740993',
      '"amount": 1.50',
      '"path":["a"]',
      '"value":"n"',
      '"tstamp":"1000"',
      '{"name":"name","deletion_info"',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
  }));

const rawDump = async (data: string): Promise<string> =>
  (await runCli(['sstable', 'dump', '--format', 'jsonl', '--timestamps', 'raw', data])).out;

test('a CSV: names of the first line, quotes, what is empty is left alone or deleted', () =>
  withPlace(async ({ file, write, data }) => {
    const csv = `ID,line,name,tags,price\n1,1,"a ""quoted"", name","{'x', 'y'}","{amount: 2.5, currency: 'CHF'}"\n2,1,,,\n`;
    const ran = await write(file('rows.csv', csv));
    assert.is(ran.code, 0, ran.err);
    const text = await rawDump(data);
    assert.ok(text.includes('"value":"a \\"quoted\\", name"'), text);
    assert.ok(text.includes('"path":["y"]'), text);
    assert.not.ok(text.includes('"name":"name","deletion_info"'), text);
    const other = join(data, '..', 'other');
    const again = await write('--into', other, '--nulls', 'tombstone', file('rows.csv', csv));
    assert.is(again.code, 0, again.err);
    assert.ok((await rawDump(other)).includes('"name":"name","deletion_info"'));
  }));

test('a CSV without names, with tabs, other quotes and another word for nothing', () =>
  withPlace(async ({ file, write, data }) => {
    const ran = await write(
      ...['--columns', 'id,line,name', '--null', 'NULL', '--quote', '|'],
      file('rows.tsv', '1\t1\t|a\tb|\n2\t1\tNULL\n'),
    );
    assert.is(ran.code, 0, ran.err);
    assert.ok((await rawDump(data)).includes('"value":"a\\tb"'));
  }));

test('timestamps and TTLs of their own columns; updates; deletions', () =>
  withPlace(async ({ file, write, data }) => {
    const flags = ['--timestamp-column', 'ts', '--ttl-column', 'live'];
    const rows =
      '{"id": 1, "line": 1, "name": "x", "ts": 77, "live": 3600}\n{"id": 1, "line": 2, "name": "y", "ts": 1700000000000000}\n';
    assert.is((await write(...flags, file('rows.jsonl', rows))).code, 0);
    const text = await rawDump(data);
    assert.ok(text.includes('"tstamp":"77"') && text.includes('"ttl":3600'), text);
    assert.is(
      (
        await write(
          '--update',
          '--timestamp',
          '5',
          file('u.jsonl', '{"id": 9, "line": 1, "name": "x"}'),
        )
      ).code,
      0,
    );
    assert.is(
      (await write('--delete', '--timestamp', '6', file('d.csv', 'id,line\n7,\n8,1\n'))).code,
      0,
    );
    const all = await rawDump(data);
    assert.ok(all.includes('"deletion_info":{"marked_deleted":"6"'), all);
    assert.is(
      readdirSync(join(data, 'shop', 'orders-5a1c395eb41f11e59f22ba0be0483c18')).filter((name) =>
        name.endsWith('Data.db'),
      ).length,
      3,
    );
  }));

test('a wrong row ends it with its line and column, and nothing is left', () =>
  withPlace(async ({ file, write, data }) => {
    const rows = '{"id": 1, "line": 1}\n{"id": 1, "line": 2, "name": 5}\n{"id": "x", "line": 2}\n';
    const path = file('rows.jsonl', rows);
    const ran = await write(path);
    assert.is(ran.code, 4, ran.err);
    assert.match(ran.err, /error SCM_SSTABLE_ROW: column "name": /);
    assert.match(ran.err, /rows\.jsonl, line 2/);
    assert.not.ok(existsSync(join(data, 'shop')));
    const left = await write('--bad-rows', '2', '--json', path);
    assert.is(left.code, 4);
    const result = left.lines().at(-1);
    assert.equal([result?.['rows'], result?.['bad'], result?.['sstables']], [1, 2, 1]);
    assert.is((await write('--bad-rows', '1', path)).code, 4);
    for (const [name, text, line] of [
      ['no.jsonl', '{"id": 1, "line": 1}\n[1]\n', 2],
      ['half.jsonl', '{"id": 1,', 1],
      ['more.csv', 'id,line\n1,2,3\n', 2],
      ['quote.csv', 'id,line\n1,"2\n', 2],
      ['twice.csv', 'id,ID\n1,2\n', 1],
    ] as const) {
      const wrong = await write(file(name, text));
      assert.is(wrong.code, 4, `${name}: ${wrong.err}`);
      assert.match(wrong.err, new RegExp(`${name.replace('.', '\\.')}, line ${line}\n`), wrong.err);
    }
  }));

test('usage errors say what to give', () =>
  withPlace(async ({ file, write, data }) => {
    const rows = file('rows.jsonl', '{"id": 1, "line": 1}');
    const two = file('two.cql', `${SCHEMA} CREATE TABLE shop.more (k int PRIMARY KEY);`);
    const counters = file('counters.cql', 'CREATE TABLE c (k int PRIMARY KEY, n counter);');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[join(data, 'nowhere.jsonl')], /nowhere\.jsonl/],
      [[rows, '--schema', join(data, 'no.cql')], /--schema/],
      [[rows, '--schema', two], /the schema has 2 tables: shop\.orders, shop\.more/],
      [
        [rows, '--schema', two, '--table', 'less'],
        /no table less; it has shop\.orders, shop\.more/,
      ],
      [[rows, '--schema', rows], /line 1, column 1: expected CREATE/],
      [[rows, '--schema', counters], /c has no keyspace/],
      [[rows, '--sstable-version', 'jb'], /expected me, nb, oa, da/],
      [[rows, '--partitioner', 'None'], /no partitioner: None/],
      [[rows, '--sstable-size', 'large'], /no size: "large"/],
      [[rows, '--timestamp', 'yesterday'], /no time: yesterday/],
      [[rows, '--update', '--delete'], /either updates or deletions/],
      [[rows, file('rows.csv', 'id')], /CSV and other files at once/],
    ];
    for (const [argv, message] of cases) {
      const ran = await write(...argv);
      assert.is(ran.code, 2, `${argv.join(' ')}: ${ran.err}`);
      assert.match(ran.err, message);
    }
    const refused = await write(rows, '--schema', counters, '--keyspace', 'ks');
    assert.is(refused.code, 1, refused.err);
    assert.match(refused.err, /a count belongs to the node that counted it/);
    assert.is((await write(rows, '--schema', two, '--table', 'orders')).code, 0);
  }));

test('many rows: in a thread of its own, sorted on disk, several SSTables', () =>
  withPlace(async ({ file, write, dump, data }) => {
    const lines: string[] = [];
    for (let i = 0; i < 60_000; i++)
      lines.push(
        JSON.stringify({
          id: (i * 7919) % 60_000,
          line: 1,
          name: `name of row ${i} ${'x'.repeat(40)}`,
        }),
      );
    const temporary = join(data, '..', 'temporary');
    mkdirSync(temporary);
    const ran = await write(
      ...['--buffer', '4MiB', '--sstable-size', '2MiB', '--temporary', temporary, '--json'],
      file('rows.jsonl', lines.join('\n')),
    );
    assert.is(ran.code, 0, ran.err);
    const result = ran.lines().at(-1);
    assert.is(result?.['rows'], 60_000);
    assert.ok(Number(result?.['sstables']) >= 3, String(result?.['sstables']));
    assert.is((await dump()).length, 60_000);
    assert.equal(readdirSync(temporary), []);
  }));

test('an interrupt leaves nothing', () =>
  withPlace(async ({ file, data }) => {
    const lines = Array.from(
      { length: 200_000 },
      (_, id) => `{"id": ${id}, "line": 1, "name": "${'x'.repeat(40)}"}`,
    );
    const rows = file('rows.jsonl', lines.join('\n'));
    const schema = file('s.cql', SCHEMA);
    const ran = await runCli(['sstable', 'write', '--schema', schema, '--into', data, rows], {
      whileRunning: async ({ interrupt, err, ended }) => {
        // news of its progress come when it is at work
        while (!err().includes(' of ') && !ended())
          await new Promise((resolve) => setImmediate(resolve));
        interrupt();
      },
    });
    assert.is(ran.code, 130, ran.err);
    assert.not.ok(existsSync(join(data, 'shop')) && readFilesBelow(data).length > 0);
  }));

const readFilesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

test.run();
