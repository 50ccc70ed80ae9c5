// Addresses: in order, never the same one twice, given back.
import { createServer } from 'node:net';
import { rejects } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { candidate, claimAddress, claimThisAddress, ports } from '../src/loopback-address.ts';

test('candidates go from 127.0.0.2 upwards and skip .0 and .255', () => {
  assert.equal([0, 1, 252, 253, 254, 506].map(candidate), [
    '127.0.0.2',
    '127.0.0.3',
    '127.0.0.254',
    '127.0.1.1',
    '127.0.1.2',
    '127.0.1.254',
  ]);
});

test('claims made at once are all different', async () => {
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimAddress()));
  const addresses = new Set(claims.map((claim) => claim.address));
  for (const claim of claims) await claim.release();
  assert.is(addresses.size, 8);
});

test('an address is free again after its release', async () => {
  const claim = await claimAddress();
  await rejects(claimThisAddress(claim.address));
  await claim.release();
  const again = await claimThisAddress(claim.address);
  await again.release();
});

test('an address where a port of Cassandra is in use is passed over', async () => {
  const first = await claimAddress();
  await first.release();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ host: first.address, port: ports.native }, resolve);
  });
  const next = await claimAddress();
  await next.release();
  await new Promise((resolve) => server.close(resolve));
  assert.is.not(next.address, first.address);
});

test.run();
