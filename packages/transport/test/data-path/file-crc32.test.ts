import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileCrc32, TransportError } from '@scamander/transport';
import { fixture, rejects, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { someBytes } from '../harness.ts';

test('the check value of CRC-32', () =>
  withTempFolder(async (folder) => {
    // "123456789" gives CBF43926 (the check value of CRC-32/ISO-HDLC).
    const file = join(folder, 'check');
    writeFileSync(file, '123456789');
    assert.is(await fileCrc32(file), 0xcbf43926);
    assert.is(await fileCrc32(file, { offset: 9 }), 0);
  }));

test('whole files and ranges, as zlib has it', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'Data.db');
    const bytes = someBytes(5_000_003);
    writeFileSync(file, bytes);
    const range = { offset: 1_000_001, length: 3_000_000 };
    const [whole, part, tail] = await Promise.all([
      fileCrc32(file),
      fileCrc32(file, range),
      fileCrc32(file, { offset: 5_000_000 }),
    ]);
    assert.is(whole, crc32(bytes));
    assert.is(part, crc32(bytes.subarray(1_000_001, 4_000_001)));
    assert.is(tail, crc32(bytes.subarray(5_000_000)));
  }));

test('a file too large for the calling thread, in the worker', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'Data.db');
    const bytes = someBytes(17_000_001);
    writeFileSync(file, bytes);
    assert.is(await fileCrc32(file), crc32(bytes));
  }));

test('a checksum of two parts, each in its own place', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'Data.db');
    const bytes = someBytes(40_000_000);
    writeFileSync(file, bytes);
    for (const length of [3, 1_000_000, 20_000_000]) {
      const seed = await fileCrc32(file, { length });
      assert.is(await fileCrc32(file, { offset: length, seed }), crc32(bytes));
    }
    assert.is(await fileCrc32(file, { offset: 40_000_000, seed: 7 }), 7);
  }));

test('progress is told, and a signal or what progress throws ends it, here and in the worker', () =>
  withTempFolder(async (folder) => {
    for (const bytes of [3_000_000, 20_000_000]) {
      const file = join(folder, `${bytes}`);
      writeFileSync(file, Buffer.alloc(bytes));
      const aborted = AbortSignal.abort(new Error('enough'));
      assert.is((await rejects(fileCrc32(file, { signal: aborted }))).message, 'enough');
      const { signal } = new AbortController();
      assert.is(await fileCrc32(file, { signal }), crc32(Buffer.alloc(bytes)));
    }
    const file = join(folder, 'large');
    writeFileSync(file, '');
    truncateSync(file, 4_000_000_000);
    const controller = new AbortController();
    const told: number[] = [];
    const given = rejects(
      fileCrc32(file, {
        signal: controller.signal,
        progress: (done) => {
          told.push(done);
          controller.abort(new Error('given up'));
        },
      }),
    );
    assert.is((await given).message, 'given up');
    assert.ok(told.length > 0 && told.every((done) => done > 0 && done < 4_000_000_000));
    const thrown = await rejects(
      fileCrc32(file, {
        progress: () => {
          throw new Error('not this one');
        },
      }),
    );
    assert.match(thrown.message, 'not this one');
  }));

test('an empty file has the checksum 0', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'Filter.db');
    writeFileSync(file, '');
    assert.is(await fileCrc32(file), 0);
  }));

test('files that are missing or too short are named', () =>
  withTempFolder(async (folder) => {
    const missing = await rejects(fileCrc32(join(folder, 'missing')));
    assert.instance(missing, TransportError);
    assert.match(missing.message, 'no such file or folder');
    const file = join(folder, 'short');
    writeFileSync(file, '');
    truncateSync(file, 10);
    const short = await rejects(fileCrc32(file, { offset: 5, length: 6 }));
    assert.match(short.message, 'it has 10 bytes, 11 are to be sent');
    assert.is((await rejects(fileCrc32(folder))) instanceof TransportError, true);
  }));

sharedTest(test, 'a real Digest.crc32 agrees with its Data.db', async () => {
  const table = fixture('sstables', 'da', 'legacy_da_simple');
  const digest = readFileSync(join(table, 'da-1-bti-Digest.crc32'), 'utf8');
  assert.is(await fileCrc32(join(table, 'da-1-bti-Data.db')), Number(digest));
});

test.run();
