// Digests of components: against what other programs say of the same files, in little memory, and given up when asked to.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { componentPath, discover, type SSTableFiles } from '@scamander/sstable-io';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DIGEST_HERE_BYTES_MAX, DIGEST_TURN_BYTES } from '../../src/limits.ts';
import { componentRecords, fileDigests } from '../../src/receipt/component-digests.ts';
import { copyTable, sampleFolders } from '../samples.ts';

const sha256sum = (path: string): string =>
  execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64);

const firstOf = async (folder: string): Promise<SSTableFiles> => {
  const files = (await discover([folder])).tables[0]?.sstables[0];
  if (files === undefined) throw new Error(`no SSTable in ${folder}`);
  return files;
};

test('the check values of both sums, here and in the thread', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, '123456789');
    for (const size of [9, DIGEST_HERE_BYTES_MAX + 1]) {
      assert.equal(await fileDigests({ path }, size), {
        bytes: 9,
        crc32: 0xcb_f4_39_26,
        sha256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
      });
    }
    writeFileSync(path, '');
    for (const size of [0, DIGEST_HERE_BYTES_MAX + 1]) {
      assert.equal(await fileDigests({ path }, size), {
        bytes: 0,
        crc32: 0,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      });
    }
  }));

test('every component of the samples: sha256sum says the same, and Digest.crc32 does of Data.db', async () => {
  for (const folder of sampleFolders) {
    const files = await firstOf(folder);
    const records = await componentRecords(files);
    if (records._tag === 'Left') throw records.left;
    assert.equal(Object.keys(records.right), [...files.components.keys()]);
    for (const [name, record] of Object.entries(records.right)) {
      const path = componentPath(files.descriptor, name);
      assert.is(record.sha256, sha256sum(path));
      assert.is(record.bytes, readFileSync(path).length);
    }
    if (!files.components.has('Digest.crc32')) continue;
    const digest = readFileSync(componentPath(files.descriptor, 'Digest.crc32'), 'utf8');
    assert.is(String(records.right['Data.db']?.crc32), digest.trim());
  }
});

test('files that are read in turns, several at once, with progress that grows', () =>
  withTempFolder(async (folder) => {
    const sizes = [DIGEST_TURN_BYTES * 2 + 5, DIGEST_TURN_BYTES, DIGEST_HERE_BYTES_MAX + 1];
    const seen = await Promise.all(
      sizes.map(async (size) => {
        const path = join(folder, String(size));
        const bytes = Buffer.alloc(size, String(size));
        writeFileSync(path, bytes);
        const progress: number[] = [];
        const digests = await fileDigests({ path, progress: (done) => progress.push(done) }, size);
        assert.is(digests.sha256, createHash('sha256').update(bytes).digest('hex'));
        assert.is(digests.bytes, size);
        return progress;
      }),
    );
    assert.equal(seen, [
      [DIGEST_TURN_BYTES, DIGEST_TURN_BYTES * 2, DIGEST_TURN_BYTES * 2 + 5],
      [DIGEST_TURN_BYTES, DIGEST_TURN_BYTES],
      [DIGEST_HERE_BYTES_MAX + 1],
    ]);
  }));

test('a file that is gone is an error that names it, in both places', () =>
  withTempFolder(async (folder) => {
    copyTable('4.1.10-nb', 'users', folder);
    const files = await firstOf(folder);
    const path = componentPath(files.descriptor, 'Filter.db');
    rmSync(path);
    for (const size of [1, DIGEST_HERE_BYTES_MAX + 1]) {
      const components = new Map([...files.components, ['Filter.db', size]]);
      const records = await componentRecords({ ...files, components });
      assert.is(records._tag === 'Left' && records.left.code, 'SCM_SSTABLE_NOT_FOUND');
      assert.is(records._tag === 'Left' && records.left.detail.file, path);
    }
    assert.is((await componentRecords(await firstOf(folder)))._tag, 'Right');
  }));

/** A file that takes a while, and no room on the disk. */
const sparse = (path: string, bytes: number): void => {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, bytes);
  writeSync(fd, 'end', bytes);
  closeSync(fd);
};

test('given up, the thread lets go and serves the next', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'large');
    const size = 4 * 1024 ** 3;
    sparse(path, size);
    const running = new AbortController();
    const waiting = new AbortController();
    const first = fileDigests(
      {
        path,
        signal: running.signal,
        progress: () => {
          running.abort(new Error('enough'));
        },
      },
      size,
    );
    const second = fileDigests({ path, signal: waiting.signal }, size);
    waiting.abort(new Error('not even begun'));
    const reason = (promise: Promise<unknown>) =>
      promise.then(
        () => 'resolved',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    assert.equal(await Promise.all([reason(second), reason(first)]), ['not even begun', 'enough']);
    const small = join(folder, 'small');
    writeFileSync(small, '123456789');
    assert.is((await fileDigests({ path: small }, size)).crc32, 0xcb_f4_39_26);
    const aborted = AbortSignal.abort(new Error('before'));
    for (const bytes of [9, size])
      assert.is(await reason(fileDigests({ path: small, signal: aborted }, bytes)), 'before');
  }));

test.run();
