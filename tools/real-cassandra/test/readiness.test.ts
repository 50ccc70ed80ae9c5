// Waiting by looking.
import { createServer } from 'node:net';
import { rejects } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RealCassandraFailure } from '../src/errors.ts';
import { claimAddress } from '../src/loopback-address.ts';
import { accepts, waitUntil } from '../src/readiness.ts';

test('a port accepts while something listens, and no longer', async () => {
  const claim = await claimAddress();
  assert.is(await accepts(claim.address, 7000), false);
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ host: claim.address, port: 7000 }, resolve);
  });
  assert.is(await accepts(claim.address, 7000), true);
  await new Promise((resolve) => server.close(resolve));
  assert.is(await accepts(claim.address, 7000), false);
  await claim.release();
});

test('it looks until the answer is yes', async () => {
  let looks = 0;
  const node = { name: 'n', hasEnded: () => undefined, logTail: () => '' };
  await waitUntil(node, 'the third look', async () => {
    looks += 1;
    return looks === 3;
  });
  assert.is(looks, 3);
});

test('a node that died ends the wait, with the end of its log', async () => {
  const node = { name: 'n', hasEnded: () => 'exit 3', logTail: () => 'no such partitioner' };
  const error = await rejects(waitUntil(node, 'ever', async () => false));
  assert.instance(error, RealCassandraFailure);
  assert.match(error.message, /SCM_NODE_DIED.*exit 3.*no such partitioner/s);
});

test.run();
