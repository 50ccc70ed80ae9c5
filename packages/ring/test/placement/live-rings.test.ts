// Placement of real rings: what `nodetool describering` and `getendpoints` of running nodes said, and the plans they made.
import { readdirSync, readFileSync } from 'node:fs';
import {
  Murmur3Partitioner as murmur3,
  naturalReplicas,
  pendingRanges,
  placedRanges,
  type RingState,
  rangeText,
  sameTokens,
} from '@scamander/ring';
import { fixture, sharedFolder, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hosts, type NodeRow, range, replication, ringOf } from '../harness.ts';

interface PlacementCase {
  readonly ring: Record<string, { dc: string; rack: string; tokens: string[] }>;
  readonly describering: readonly {
    keyspace: string;
    strategy: { class: string; options: Record<string, string> };
    ranges: readonly (readonly [string, string, readonly string[]])[];
  }[];
  readonly getendpoints: readonly {
    keyspace: string;
    key: number;
    token: string;
    endpoints: readonly string[];
  }[];
}

const names =
  sharedFolder === undefined
    ? ['placement']
    : readdirSync(fixture('planning')).filter((name) => name.includes('placement'));

for (const name of names) {
  sharedTest(test, `${name}: every range and every key`, () => {
    const live = JSON.parse(readFileSync(fixture('planning', name), 'utf8')) as PlacementCase;
    const ring = ringOf(live.ring);
    for (const { keyspace, strategy, ranges } of live.describering) {
      const setting = replication({ class: strategy.class, ...strategy.options });
      const found = placedRanges(ring, setting).map(
        ({ range, replicas }) => `${rangeText(murmur3, range)} ${hosts(replicas)}`,
      );
      const wanted = ranges.map(
        ([left, right, endpoints]) => `(${left},${right}] ${endpoints.join(' ')}`,
      );
      assert.equal(found.sort(), wanted.sort(), keyspace);
      for (const sample of live.getendpoints.filter((row) => row.keyspace === keyspace)) {
        const key = new Uint8Array(4);
        new DataView(key.buffer).setInt32(0, sample.key);
        assert.is(murmur3.tokenToText(murmur3.tokenOf(key)), sample.token);
        const replicas = naturalReplicas(ring, setting, murmur3.tokenOf(key));
        assert.is(hosts(replicas), sample.endpoints.join(' '), `${keyspace} ${sample.key}`);
      }
    }
  });
}

interface OperationCase {
  readonly ring: Record<string, NodeRow>;
  readonly keyspaces: Record<string, { class: string; options: Record<string, string> }>;
  readonly operation: {
    readonly type: string;
    readonly node: string;
    readonly tokens?: readonly string[];
    readonly dc?: string;
    readonly rack?: string;
    readonly token?: string;
  };
  readonly observed: readonly {
    readonly node: string;
    readonly kind: 'request' | 'transfer';
    readonly peer: string;
    readonly keyspace: string;
    readonly ranges: readonly (readonly [string, string])[];
  }[];
}

/** The ring while the operation runs. */
const ringDuring = ({ ring, operation }: OperationCase): RingState => {
  const row = ring[operation.node];
  if (operation.type === 'bootstrap') {
    const { tokens = [], dc = '', rack = '' } = operation;
    return ringOf({ ...ring, [operation.node]: { tokens, dc, rack, status: 'joining' } });
  }
  assert.ok(row);
  return operation.type === 'move'
    ? ringOf({
        ...ring,
        [operation.node]: { ...row, status: 'moving', newToken: operation.token ?? '' },
      })
    : ringOf({ ...ring, [operation.node]: { ...row, status: 'leaving' } });
};

const operations =
  sharedFolder === undefined
    ? ['boot', 'move', 'decommission']
    : readdirSync(fixture('planning')).filter((name) => /-boot\d|-move-|-decommission/.test(name));

for (const name of operations) {
  sharedTest(test, `${name}: who got data is who was pending`, () => {
    const live = JSON.parse(readFileSync(fixture('planning', name), 'utf8')) as OperationCase;
    const ring = ringDuring(live);
    assert.ok(live.observed.length > 0);
    for (const [keyspace, { class: className, options }] of Object.entries(live.keyspaces)) {
      const pending = pendingRanges(ring, replication({ class: className, ...options }));
      const streams = live.observed.filter((stream) => stream.keyspace === keyspace);
      const receiver = (stream: (typeof streams)[number]) =>
        stream.kind === 'request' ? stream.node : stream.peer;
      const names = [...streams.map(receiver), ...pending.map((one) => one.node.endpoint.host)];
      for (const host of new Set(names)) {
        const got = streams
          .filter((stream) => receiver(stream) === host)
          .flatMap(({ ranges }) => ranges.map(([left, right]) => range(`(${left},${right}]`)));
        const wanted = pending
          .filter((one) => one.node.endpoint.host === host)
          .map((one) => one.range);
        assert.ok(sameTokens(murmur3, got, wanted), `${keyspace} on ${host}`);
      }
    }
  });
}

test.run();
