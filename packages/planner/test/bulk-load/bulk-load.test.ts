import { bulkLoad, planErrorMessage } from '@scamander/planner';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  excludedText,
  type NodeRow,
  planOf,
  rangesText,
  replication,
  ringOf,
  simple,
  sstable,
  topology,
  transfersText,
} from '../harness.ts';

const rows = { a: { tokens: [0] }, b: { tokens: [100] }, c: { tokens: [200] } };
const three = ringOf(rows);
const wide = sstable('w', 10, 190);

test('every replica gets its part: RF 2 on three nodes', () => {
  // (0,100] → b c; (100,200] → c a; (200,0] → a b
  const plan = planOf({ ring: three, replication: simple(2), sstables: [wide] });
  assert.equal(transfersText(plan), { a: 'w (100,200]', b: 'w (0,100]', c: 'w whole' });
  assert.equal(plan.excluded, []);
  const b = plan.targets.find(({ node }) => node.endpoint.host === 'b');
  assert.is(b?.transfers[0]?.whySections, 'it owns only a part of the SSTable');
  assert.is(b?.transfers[0]?.bytes, undefined);
  assert.is(
    plan.targets.find(({ node }) => node.endpoint.host === 'c')?.transfers[0]?.bytes,
    1000n,
  );
});

test('a node that may not get the entire file gets sections, with the reason', () => {
  const guarded = sstable('w', 10, 190, {
    entireAllowed: (node) => (node.endpoint.host === 'c' ? 'it speaks version 12' : true),
  });
  const plan = planOf({ ring: three, replication: simple(3), sstables: [guarded] });
  // With RF 3 every node owns all; the ranges stop where the data stop.
  assert.equal(transfersText(plan), { a: 'w whole', b: 'w whole', c: 'w (0,200]' });
  const c = plan.targets.find(({ node }) => node.endpoint.host === 'c');
  assert.is(c?.transfers[0]?.whySections, 'it speaks version 12');
});

test('sections with a known size: empty ones are left out, full ones travel whole', () => {
  const looked = sstable('w', 10, 190, {
    sections: (asked) =>
      rangesText(asked) === '(0,100]' ? { bytes: 1000n, whole: true } : { bytes: 0n, whole: false },
  });
  const plan = planOf({ ring: three, replication: simple(1), sstables: [looked] });
  assert.equal(transfersText(plan), { b: 'w whole' });
});

const changing = (more: Record<string, NodeRow>) => ringOf({ ...rows, ...more });

test('a joining node gets what it will own, the old owner keeps getting it', () => {
  const ring = changing({ j: { tokens: [150], status: 'joining' } });
  const plan = planOf({ ring, replication: simple(1), sstables: [wide] });
  assert.equal(transfersText(plan), { b: 'w (0,100]', c: 'w (100,200]', j: 'w (100,150]' });
  const joiner = plan.targets.find(({ node }) => node.endpoint.host === 'j');
  assert.ok(joiner?.pending);
  assert.not(joiner?.natural);
});

test('a leaving node still gets its ranges, and so does who takes them over', () => {
  const ring = ringOf({ ...rows, b: { tokens: [100], status: 'leaving' } });
  const plan = planOf({ ring, replication: simple(1), sstables: [wide] });
  assert.equal(transfersText(plan), { b: 'w (0,100]', c: 'w whole' });
});

test('a moving node gets old and new ranges', () => {
  const ring = ringOf({ ...rows, a: { tokens: [0], status: 'moving', newToken: 150n } });
  const plan = planOf({ ring, replication: simple(1), sstables: [wide, sstable('e', 250, 300)] });
  // a leaves (200,0] to b and takes (100,150] from c.
  assert.equal(transfersText(plan), {
    a: 'w (100,150], e whole',
    b: 'w (0,100], e whole',
    c: 'w (100,200]',
  });
});

test('a replacing node gets the ranges of the dead one, which is passed over', () => {
  const ring = ringOf({
    ...rows,
    b: { tokens: [100], alive: false },
    n: { tokens: [100], status: 'joining', replacing: { host: 'b', port: 7000 } },
  });
  const plan = planOf({ ring, replication: simple(1), sstables: [sstable('x', 10, 90)] });
  assert.equal(transfersText(plan), { n: 'x whole' });
  assert.equal(excludedText(plan), ['b down (0,100]']);
});

test('filters: datacenter, rack, only, ignore', () => {
  const ring = ringOf({
    a: { tokens: [0], dc: 'dc1', rack: 'r1' },
    b: { tokens: [100], dc: 'dc2', rack: 'r1' },
    c: { tokens: [200], dc: 'dc1', rack: 'r2' },
    d: { tokens: [300], dc: 'dc2', rack: 'r2' },
  });
  const base = { ring, replication: topology({ dc1: 2, dc2: 2 }), sstables: [wide] };
  const hosts = (filters: Parameters<typeof planOf>[0]['filters'] & object) => {
    const plan = planOf({ ...base, filters });
    return [
      Object.keys(transfersText(plan)).join(' '),
      plan.excluded
        .map(({ node, reason }) => `${node.endpoint.host}: ${reason}`)
        .sort()
        .join('; '),
    ];
  };
  assert.equal(hosts({ dcs: ['dc1'] }), ['a c', 'b: other datacenter; d: other datacenter']);
  assert.equal(hosts({ racks: ['r2'] }), ['c d', 'a: other rack; b: other rack']);
  assert.equal(hosts({ only: ['a', 'b:7000'] }), ['a b', 'c: not in --only; d: not in --only']);
  assert.equal(hosts({ ignore: ['d'] }), ['a b c', 'd: in --ignore']);
});

test('primary only: one copy of every range, pending nodes too', () => {
  const filters = { primaryOnly: true };
  const plain = planOf({ ring: three, replication: simple(3), sstables: [wide], filters });
  assert.equal(transfersText(plain), { b: 'w (0,100]', c: 'w (100,200]' });
  assert.equal([...excludedText(plain)].sort(), [
    'a not the primary replica (0,200]',
    'b not the primary replica (100,200]',
    'c not the primary replica (0,100]',
  ]);
  const ring = changing({ j: { tokens: [150], status: 'joining' } });
  const joining = planOf({ ring, replication: simple(1), sstables: [wide], filters });
  assert.equal(transfersText(joining), { b: 'w (0,100]', c: 'w (100,200]', j: 'w (100,150]' });
});

test('a name that nothing has is an error, with the known ones', () => {
  for (const [filters, message] of [
    [{ dcs: ['dc9'] }, 'datacenter "dc9" is not in the cluster; known: dc1'],
    [{ racks: ['r9'] }, 'rack "r9" is not in the cluster; known: r1'],
    [{ only: ['z'] }, 'node "z" is not in the cluster; known: a, b, c'],
    [{ ignore: ['a:9999'] }, 'node "a:9999" is not in the cluster; known: a, b, c'],
  ] as const) {
    const found = bulkLoad({ ring: three, replication: simple(1), sstables: [wide], filters });
    assert.ok(found._tag === 'Left');
    assert.is(planErrorMessage(found.left), message);
  }
});

test('transient replicas are refused by name', () => {
  const found = bulkLoad({ ring: three, replication: simple('3/1'), sstables: [wide] });
  assert.ok(found._tag === 'Left');
  // (0,100] → b c a; (100,200] → c a b: the third of each is transient.
  assert.is(
    planErrorMessage(found.left),
    'transient replicas are not supported for a load (SimpleStrategy 3/1; a:7000, b:7000)',
  );
});

test('keyspaces that the ring does not place, and keyspaces nobody keeps', () => {
  const codes = (input: Parameters<typeof bulkLoad>[0]) => {
    const found = bulkLoad(input);
    return found._tag === 'Left' ? found.left.code : 'none';
  };
  const sstables = [wide];
  const local = replication({ class: 'LocalStrategy' });
  assert.is(codes({ ring: three, replication: local, sstables }), 'SCM_PLAN_NOT_PLACED');
  const elsewhere = topology({ dc9: 3 });
  assert.is(codes({ ring: three, replication: elsewhere, sstables }), 'SCM_PLAN_NO_REPLICAS');
  assert.is(codes({ ring: ringOf({}), replication: simple(1), sstables }), 'SCM_PLAN_NO_REPLICAS');
});

test('an SSTable twice', () => {
  const found = bulkLoad({ ring: three, replication: simple(1), sstables: [wide, wide] });
  assert.ok(found._tag === 'Left');
  assert.is(planErrorMessage(found.left), 'w: it is in the load twice');
});

test('nothing to load is an empty plan', () => {
  const plan = planOf({ ring: three, replication: simple(1), sstables: [] });
  assert.equal([plan.targets, plan.excluded, plan.groups], [[], [], []]);
});

test.run();
