// Ledgers on a disk: what is appended is there after any end of the process, and nothing else is.
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LEDGER_LINE_BYTES_MAX } from '../../src/limits.ts';
import { acknowledged, IDENTITY, opened, received, refused, ticking } from './records.ts';

const linesOf = (path: string): readonly string[] =>
  readFileSync(path, 'utf8').split('\n').slice(0, -1);

test('records are there when the ledger is opened again, in order, with run and time', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'a', 'b', 'ledger');
    const first = await opened(path);
    assert.is(first.run, 1);
    assert.is(first.resumed, false);
    const written = await Promise.all([
      first.append(acknowledged('one')),
      first.append(acknowledged('two', { hostId: 'host-1' })),
      first.append(received(['5:6'])),
    ]);
    assert.equal(
      written.map(({ _tag }) => _tag),
      ['Right', 'Right', 'Right'],
    );
    await first.close();
    const second = await opened(path);
    assert.is(second.run, 2);
    assert.is(second.resumed, true);
    assert.equal(second.records, [
      { type: 'begin', run: 1, at: '2026-01-01T00:00:02.000Z', identity: IDENTITY },
      { run: 1, at: '2026-01-01T00:00:03.000Z', ...acknowledged('one') },
      { run: 1, at: '2026-01-01T00:00:04.000Z', ...acknowledged('two', { hostId: 'host-1' }) },
      { run: 1, at: '2026-01-01T00:00:05.000Z', ...received(['5:6']) },
      { type: 'begin', run: 2, at: '2026-01-01T00:00:02.000Z', identity: IDENTITY },
    ]);
    assert.is((await second.end('complete'))._tag, 'Right');
    await second.close();
    const third = await opened(path);
    assert.is(third.run, 3);
    assert.is(third.resumed, false);
    await third.close();
  }));

test('each line is the CRC-32 of its JSON in hex, a space, and the JSON', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    await ledger.append(acknowledged('ünï'));
    await ledger.close();
    const lines = linesOf(path);
    assert.equal(
      lines.map((line) => JSON.parse(line.slice(9)).type),
      ['begin', 'ranges', 'acknowledged'],
    );
    for (const line of lines) {
      const json = line.slice(9);
      assert.is(line.slice(0, 9), `${crc32(Buffer.from(json)).toString(16).padStart(8, '0')} `);
    }
  }));

test('the ranges of a replica are written once, however many SSTables it acknowledges', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ranges = Array.from({ length: 768 }, (_, at) => `${at * 10}:${at * 10 + 5}`);
    for (const run of [1, 2]) {
      const ledger = await opened(path);
      for (let at = 0; at < 10; at++) {
        await ledger.append(acknowledged(`${run}-${at}`, { ranges: [...ranges] }));
        await ledger.append(acknowledged(`${run}-${at}`, { ranges: ['1:2'] }));
      }
      await ledger.close();
    }
    const ledger = await opened(path);
    await ledger.close();
    assert.is(linesOf(path).filter((line) => line.includes('"type":"ranges"')).length, 2);
    const sent = ledger.records.flatMap((record) =>
      record.type === 'acknowledged' ? [record] : [],
    );
    assert.is(sent.length, 40);
    assert.ok(sent.every((record, at) => record.ranges.length === (at % 2 === 0 ? 768 : 1)));
    assert.equal(sent[38]?.ranges, ranges);
  }));

test('cut at any byte, a ledger holds exactly the records that are whole', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    await ledger.append(acknowledged('one', { ranges: ['1:9'] }));
    await ledger.append(received(['1:9']));
    await ledger.append(acknowledged('two', { ranges: ['2:9'] }));
    await ledger.end('complete');
    await ledger.close();
    const whole = readFileSync(path);
    const records = linesOf(path).filter((line) => !line.includes('"type":"ranges"')).length;
    assert.is(records, 5);
    const cut = join(folder, 'cut');
    const seen = new Set<number>();
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(cut, whole.subarray(0, length));
      const again = await opened(cut);
      const complete = whole
        .toString('utf8', 0, length)
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.includes('"type":"ranges"'));
      // the last is the beginning of this run
      assert.equal(again.records.slice(0, -1), ledger.records.slice(0, complete.length));
      assert.is(again.records.at(-1)?.type, 'begin');
      assert.is(again.run, complete.length === 0 ? 1 : 2);
      await again.close();
      const after = linesOf(cut).map((line) => JSON.parse(line.slice(9)).type);
      assert.equal(after.slice(-1), ['begin']);
      assert.is(after.filter((type) => type !== 'ranges').length, complete.length + 1);
      seen.add(complete.length);
    }
    assert.is(seen.size, 6);
  }));

test('zeros at the end, as a power cut leaves them, are cut off', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    writeFileSync(path, Buffer.alloc(4096));
    const first = await opened(path);
    await first.append(acknowledged('one'));
    await first.close();
    appendFileSync(path, Buffer.alloc(5000));
    const second = await opened(path);
    assert.is(second.records.length, 3);
    await second.close();
  }));

test('a damaged line that is not the torn last one is an error with its byte, and the file stays as it is', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    await ledger.append(acknowledged('one'));
    await ledger.append(acknowledged('two'));
    await ledger.close();
    const whole = readFileSync(path);
    const lines = linesOf(path);
    let offset = 0;
    for (const line of lines) {
      for (const at of [0, 8, 9, line.length - 1]) {
        const spoilt = Buffer.from(whole);
        spoilt[offset + at] = (spoilt[offset + at] ?? 0) ^ 1;
        writeFileSync(path, spoilt);
        const error = await refused(path);
        assert.is(error.code, 'SCM_LEDGER_DAMAGED');
        assert.is(error.where, `${path}, byte ${offset}`);
        assert.is(error.kind, 'bad-data');
        assert.equal(readFileSync(path), spoilt);
        assert.is(existsSync(`${path}.lock`), false);
      }
      offset += Buffer.byteLength(line) + 1;
    }
    // what the advice says
    const third = whole.length - Buffer.byteLength(lines[3] ?? '') - 1;
    writeFileSync(path, whole);
    truncateSync(path, third);
    const again = await opened(path);
    assert.is(again.records.length, 3);
    await again.close();
  }));

test('a line of a later format, with a checksum that is right, is damage too', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    await ledger.close();
    const json = '{"type":"vanished","run":1}';
    const hex = crc32(Buffer.from(json)).toString(16).padStart(8, '0');
    appendFileSync(path, `${hex} ${json}\n`);
    const error = await refused(path);
    assert.is(error.code, 'SCM_LEDGER_DAMAGED');
    assert.match(error.message, /type: expected "begin" or/);
  }));

test('a file that is no ledger is never cut', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'notes.txt');
    for (const text of [
      'buy milk',
      'buy milk\n',
      '{"type":"begin"}',
      'deadbeef {"type":"end',
      'x'.repeat(LEDGER_LINE_BYTES_MAX + 1),
    ]) {
      writeFileSync(path, text);
      const error = await refused(path);
      assert.is(error.code, 'SCM_LEDGER_DAMAGED');
      assert.match(error.message, /no ledger|beginning is damaged/);
      assert.is(readFileSync(path, 'utf8'), text);
    }
    assert.is((await refused(folder)).code, 'SCM_LEDGER_IO');
    assert.is((await refused(join(path, 'below-a-file'))).code, 'SCM_LEDGER_IO');
  }));

test('the ledger of another job is refused and stays as it is', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    await (await opened(path)).close();
    const before = readFileSync(path);
    for (const other of [
      { ...IDENTITY, job: 'pull' as const },
      { ...IDENTITY, from: 'elsewhere' },
      { ...IDENTITY, to: 'Other Cluster' },
    ]) {
      const error = await refused(path, other);
      assert.is(error.code, 'SCM_LEDGER_FOREIGN');
      assert.match(error.message, /belongs to a load from backup to Test Cluster/);
    }
    assert.equal(readFileSync(path), before);
    await (await opened(path)).close();
  }));

test('a clock that jumps back changes times only', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const years = [2030, 2026, 1999];
    for (const [at, year] of years.entries()) {
      const ledger = await opened(path, IDENTITY, ticking(Date.UTC(year, 0, 1)));
      assert.is(ledger.run, at + 1);
      assert.is(ledger.resumed, at > 0);
      await ledger.append(acknowledged(`of ${year}`));
      await ledger.close();
    }
    const last = await opened(path);
    assert.equal(
      last.records.flatMap((record) => (record.type === 'acknowledged' ? [record.content] : [])),
      ['of 2030', 'of 2026', 'of 1999'],
    );
    await last.close();
  }));

test('records that come together share writes and are all there', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    const written = await Promise.all(
      Array.from({ length: 2_000 }, (_, at) => ledger.append(acknowledged(`c${at}`))),
    );
    assert.ok(written.every(({ _tag }) => _tag === 'Right'));
    assert.is(ledger.records.length, 2_001);
    await ledger.close();
    const again = await opened(path);
    assert.equal(again.records.slice(0, -1), ledger.records);
    await again.close();
  }));

test('a record that is too long is refused, those beside it are not', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    const written = await Promise.all([
      ledger.append(acknowledged('one')),
      ledger.append(acknowledged('x'.repeat(LEDGER_LINE_BYTES_MAX))),
      ledger.append(acknowledged('two')),
    ]);
    assert.equal(
      written.map((one) => (one._tag === 'Left' ? one.left.code : 'written')),
      ['written', 'SCM_LEDGER_LIMIT', 'written'],
    );
    await ledger.close();
    const again = await opened(path);
    assert.is(again.records.length, 4);
    await again.close();
  }));

test('what comes after the end of the ledger is not written', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    const before = ledger.append(acknowledged('before'));
    const closing = ledger.close();
    const after = await ledger.append(acknowledged('after'));
    assert.is((await before)._tag, 'Right');
    assert.is(after._tag === 'Left' && after.left.code, 'SCM_LEDGER_CLOSED');
    await closing;
    await ledger.close();
    const again = await opened(path);
    assert.is(again.records.length, 3);
    await again.close();
  }));

test('a record that could not be read back is a mistake of the caller', () =>
  withTempFolder(async (folder) => {
    const ledger = await opened(join(folder, 'ledger'));
    const reason = await ledger.append(acknowledged('one', { bytes: Number.NaN })).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(reason, TypeError);
    assert.is((await ledger.append(acknowledged('two')))._tag, 'Right');
    await ledger.close();
  }));

test.run();
