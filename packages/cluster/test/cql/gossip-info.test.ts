// The table of gossip states, as nodes of 4.1 and later show it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gossipInfoOf } from '../../src/cql/gossip-info.ts';
import { RELEASES, refusal, value, viewsOf } from '../harness.ts';

/** What each release says it reads (spec: gossip §3), and calls itself. */
const expected = {
  '4.1.10': ['4.1.10', ['big-nb']],
  '5.0.6': ['5.0.6', ['big-nb']],
  '6.0-alpha2': ['6.0.0-alpha2', ['big-pa']],
} as const;

for (const release of RELEASES.filter((one) => one !== '4.0.19'))
  test(`the states that a ${release} node knows`, () => {
    const rows = viewsOf(release).gossipInfo ?? [];
    assert.is(rows.length, 1);
    const [state] = value(gossipInfoOf(rows));
    assert.equal(state?.endpoint, { host: '127.0.0.2', port: 7000 });
    assert.is(state?.status?.state, 'NORMAL');
    assert.equal(
      [state?.releaseVersion, state?.sstableVersions],
      expected[release as keyof typeof expected],
    );
    assert.is(state?.generation, rows[0]?.['generation']);
    assert.is(state?.heartbeatVersion, rows[0]?.['heartbeat']);
    assert.is(state?.schemaVersion, rows[0]?.['schema']);
    assert.equal([state?.dc, state?.rack, state?.hostId], ['dc1', 'rack1', rows[0]?.['host_id']]);
    assert.equal([state?.tokens, state?.diskUsage, state?.alive], [[], undefined, undefined]);
  });

const row = { address: '10.0.0.1', port: 7000, generation: 5, heartbeat: 6 };

test('a legacy status, a goodbye, a guardrail, and a node that said nothing', () => {
  const [legacy, gone, silent] = value(
    gossipInfoOf([
      { ...row, status: 'MOVING,17', disk_usage: 'STUFFED' },
      { ...row, status_with_port: 'shutdown,true', status: 'NORMAL,1' },
      row,
    ]),
  );
  assert.equal(legacy?.status, { state: 'MOVING', pieces: ['17'] });
  assert.is(legacy?.diskUsage, 'STUFFED');
  assert.is(gone?.alive, false);
  assert.is(silent?.status, undefined);
  refusal(gossipInfoOf([{ ...row, port: null }]), 'SCM_CLUSTER_BAD_ROW');
});

test.run();
