import { comparatorOf, nativeType, valueProblem } from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ListPaths } from '../../src/write-rows/list-paths.ts';

const TIMEUUID = nativeType('timeuuid');
const compare = comparatorOf(TIMEUUID);
const hex = (path: Uint8Array): string => Buffer.from(path).toString('hex');
const NOW = 1_700_000_000_000_000n;

test('paths are time UUIDs, ascend within a statement and from one to the next, and differ all', () => {
  const paths = new ListPaths(0x3fff_ffff);
  const all = [
    ...paths.next(NOW, 300, false),
    ...paths.next(NOW + 100n, 2, false),
    ...paths.next(NOW + 100n, 2, false),
  ];
  for (const path of all) assert.is(valueProblem(TIMEUUID, path), undefined, hex(path));
  assert.is(new Set(all.map(hex)).size, all.length);
  for (let i = 1; i < all.length; i++)
    assert.ok(compare(all[i - 1] as Uint8Array, all[i] as Uint8Array) < 0, `${i}`);
});

test('elements of one statement stay together where timestamps are equal or near', () => {
  const paths = new ListPaths(3);
  const before = Array.from({ length: 70 }, () => paths.next(NOW, 4, true)).reverse();
  const behind = Array.from({ length: 70 }, () => paths.next(NOW, 4, false));
  const all = [...before.flat(), ...behind.flat(), ...paths.next(NOW + 1n, 1000, false)];
  all.push(...paths.next(NOW + 2n, 1, false));
  for (let i = 1; i < all.length; i++)
    assert.ok(compare(all[i - 1] as Uint8Array, all[i] as Uint8Array) < 0, `${i}`);
});

test('what is put before a list comes before what was put behind it, and later before earlier (Lists.Prepender)', () => {
  const paths = new ListPaths(7);
  const behind = paths.next(NOW, 2, false);
  const before = paths.next(NOW + 1n, 2, true);
  const beforeThat = paths.next(NOW + 2n, 1, true);
  const all = [...beforeThat, ...before, ...behind];
  for (let i = 1; i < all.length; i++)
    assert.ok(compare(all[i - 1] as Uint8Array, all[i] as Uint8Array) < 0, `${i}`);
});

test('the same statements of one nonce have the same paths, of others they have not', () => {
  const first = new ListPaths(5).next(NOW, 3, false).map(hex);
  assert.equal(new ListPaths(5).next(NOW, 3, false).map(hex), first);
  for (const nonce of [4, 0x4005, 0x2000_0005])
    for (const path of new ListPaths(nonce).next(NOW, 3, false))
      assert.not.ok(first.includes(hex(path)));
});

test('any timestamp makes a path', () => {
  for (const timestamp of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n) + 1n])
    for (const isBefore of [true, false])
      for (const path of new ListPaths(1).next(timestamp, 2, isBefore))
        assert.is(valueProblem(TIMEUUID, path), undefined, `${timestamp}`);
});

test.run();
