import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rejects, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FilterBuilder } from '../../src/filter/filter-builder.ts';
import { KeyHashes, type KeyHashesOptions } from '../../src/filter/key-hashes.ts';

const ORDERS = [{ hasOldBfFormat: false }, { hasOldBfFormat: true }];

const keyOf = (i: number): Uint8Array => {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setInt32(0, i);
  return key;
};

const collect = async (options: KeyHashesOptions, count: number): Promise<KeyHashes> => {
  const hashes = new KeyHashes(options);
  for (let i = 0; i < count; i++) await hashes.add(keyOf(i));
  return hashes;
};

const filterOf = async (
  hashes: KeyHashes,
  order: { hasOldBfFormat: boolean },
): Promise<{ bytes: Buffer; partBytesMax: number }> => {
  const parts: Buffer[] = [];
  for await (const part of hashes.filter(0.01, order)) parts.push(Buffer.from(part));
  return {
    bytes: Buffer.concat(parts),
    partBytesMax: parts.reduce((max, part) => Math.max(max, part.length), 0),
  };
};

const COUNTS = [0, 1, 9, 10, 11, 20, 2500];

for (const count of COUNTS) {
  for (const order of ORDERS) {
    const name = `${count} keys, 10 held, ${order.hasOldBfFormat ? 'old' : 'new'} order`;
    test(`${name}: the filter of a builder that knew their number`, async () => {
      await withTempFolder(async (folder) => {
        const builder = new FilterBuilder({ keys: count, fpChance: 0.01 });
        for (let i = 0; i < count; i++) builder.add(keyOf(i));
        const spillPath = join(folder, 'hashes');
        const hashes = await collect({ spillPath, heldMax: 10, filterBytesMax: 64 }, count);
        assert.is(hashes.count, count);
        assert.is(existsSync(spillPath), count >= 10);
        const made = await filterOf(hashes, order);
        assert.equal(made.bytes, Buffer.from(builder.toBytes(order)));
        assert.ok(made.partBytesMax <= 64);
        await hashes.close();
        assert.equal(readdirSync(folder), []);
      });
    });
  }
}

test('few keys leave no file behind, also when they are many for the first buffer', async () => {
  await withTempFolder(async (folder) => {
    const hashes = await collect({ spillPath: join(folder, 'hashes') }, 5000);
    assert.equal(readdirSync(folder), []);
    const builder = new FilterBuilder({ keys: 5000, fpChance: 0.01 });
    for (let i = 0; i < 5000; i++) builder.add(keyOf(i));
    const order = { hasOldBfFormat: false };
    assert.equal((await filterOf(hashes, order)).bytes, Buffer.from(builder.toBytes(order)));
    await hashes.close();
  });
});

test('a file that is already there, or a folder that is not, is an error with its path', async () => {
  await withTempFolder(async (folder) => {
    const taken = join(folder, 'taken');
    writeFileSync(taken, 'mine');
    const code = async (spillPath: string) =>
      ((await rejects(collect({ spillPath, heldMax: 1 }, 1))) as { code?: string }).code;
    assert.is(await code(taken), 'SCM_SSTABLE_IO');
    assert.is(await code(join(folder, 'nowhere', 'hashes')), 'SCM_SSTABLE_NOT_FOUND');
    assert.equal(readdirSync(folder), ['taken']);
  });
});

test('a file that was cut meanwhile is named', async () => {
  await withTempFolder(async (folder) => {
    const spillPath = join(folder, 'hashes');
    const hashes = await collect({ spillPath, heldMax: 2 }, 6);
    writeFileSync(spillPath, '');
    const error = await rejects(filterOf(hashes, { hasOldBfFormat: false }));
    assert.match(String(error), 'hashes');
    await hashes.close();
    assert.equal(readdirSync(folder), []);
  });
});

test.run();
