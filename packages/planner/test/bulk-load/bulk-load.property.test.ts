// The plan against the plain meaning: a token travels to a node exactly when that node is in the token's write set.

import {
  contains,
  Murmur3Partitioner as murmur3,
  pendingRanges,
  writeReplicas,
} from '@scamander/ring';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NodeRow, planOf, ringOf, simple, sstable, topology } from '../harness.ts';

const statuses = ['normal', 'normal', 'normal', 'leaving', 'moving', 'joining'] as const;

const randomRows = (random: () => number): Record<string, NodeRow> => {
  const below = (limit: number) => Math.floor(random() * limit);
  const free = Array.from({ length: 40 }, (_, i) => 10 * i - 100);
  const takeToken = () => free.splice(below(free.length), 1)[0] as number;
  const rows: Record<string, NodeRow> = {
    first: { tokens: [takeToken()] },
    second: { tokens: [takeToken()], dc: 'dc2' },
  };
  for (let index = 0; index < 1 + below(6); index++) {
    const status = statuses[below(statuses.length)] ?? 'normal';
    rows[`n${index}`] = {
      tokens: status === 'moving' ? [takeToken()] : [takeToken(), takeToken()],
      dc: `dc${1 + below(2)}`,
      rack: `r${below(3)}`,
      status,
      ...(status === 'moving' ? { newToken: BigInt(takeToken()) } : {}),
    };
  }
  return rows;
};

for (let seed = 1; seed <= 30; seed++) {
  test(`random ring, seed ${seed}`, () => {
    const ring = ringOf(randomRows(seededRandom(seed)));
    for (const replication of [simple(1), simple(3), topology({ dc1: 2, dc2: 1 })]) {
      const sstables = [sstable('x', -95, 195), sstable('y', 200, 330)];
      const plan = planOf({ ring, replication, sstables });
      const pending = pendingRanges(ring, replication);
      for (let token = -95n; token <= 330n; token += 5n) {
        const id = token <= 195n ? 'x' : 'y';
        const wanted = writeReplicas(ring, replication, token, pending).map(
          ({ node }) => node.endpoint.host,
        );
        const got = plan.targets
          .filter(({ transfers }) =>
            transfers
              .filter(({ sstable: one }) => one === id)
              .some(({ ranges }) => ranges.some((range) => contains(murmur3, range, token))),
          )
          .map(({ node }) => node.endpoint.host);
        assert.equal(got.sort(), wanted.sort(), `token ${token}`);
      }
    }
  });
}

test.run();
