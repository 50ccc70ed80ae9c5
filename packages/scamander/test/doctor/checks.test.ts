// Each check on facts that are made up: nothing to say of what is in order, the right severity for what is not.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allChecks } from '../../src/doctor/checks/all-checks.ts';
import type { DoctorCheck, DoctorOptions, Severity } from '../../src/doctor/doctor-types.ts';
import type { DialBackFacts, DoctorFacts, NodeFacts } from '../../src/doctor/facts.ts';
import {
  answered,
  DAY_MS,
  facts,
  infoOf,
  node,
  noTls,
  refusedDial,
  ringNode,
  settings,
  state,
  storage,
  tlsFailed,
  tlsRequired,
  told,
  toldSettings,
  view,
} from './fake-facts.ts';

type Expected = readonly [severity: Severity, finding: RegExp, remedy?: RegExp];

interface Case {
  readonly name: string;
  readonly check: DoctorCheck;
  readonly facts: DoctorFacts;
  /** All findings of the check, in their order. */
  readonly expected: readonly Expected[];
}

const target = facts().options.target;
const asking = (options: Partial<DoctorOptions>): DoctorOptions => ({ target, ...options });
const one = (change: Partial<NodeFacts>, options: Partial<DoctorOptions> = {}): DoctorFacts =>
  facts({ options: asking(options), nodes: [node(1, change)] });
const tls = { ca: 'CA', cert: 'CERT', key: 'KEY' };
const secureStorage = storage({
  plain: tlsRequired,
  secure: answered(),
  withoutCertificate: tlsFailed('certificate-required'),
  certificates: { kind: 'seen', view: view() },
});
const seen = (change: Parameters<typeof view>[0], days?: number) =>
  storage({ ...secureStorage, certificates: { kind: 'seen', view: view(change, days) } });
const dead = {
  storage: storage({ plain: refusedDial, secure: undefined, certificates: undefined, taken: [] }),
  dialBack: {
    kind: 'failed',
    announced: 'us',
    error: {
      code: 'SCM_GOSSIP_UNREACHABLE',
      node: '10.0.0.2:7000',
      cause: { code: 'SCM_NET_REFUSED', peer: '10.0.0.2:7000' },
      reason: 'it refuses connections',
    },
  },
} as const satisfies Partial<NodeFacts>;
const clockAt = (offsetMs: number, uncertaintyMs = 5) => {
  const cql = told();
  return { cql: { ...cql, clock: { offsetMs, uncertaintyMs } } } as Partial<NodeFacts>;
};

const storageCases: readonly Case[] = [
  { name: 'answers', check: 'storage-port', facts: one({}), expected: [['ok', /answers/]] },
  {
    name: 'it answers by gossip over its own connection, and is not reached',
    check: 'storage-port',
    facts: one({ storage: dead.storage }),
    expected: [['critical', /is up, but/]],
  },
  {
    name: 'nobody reaches it, and it does not reach us, but its heart beats',
    check: 'storage-port',
    facts: one(dead),
    expected: [['critical', /is up, but its storage port is not reached/, /firewall/]],
  },
  {
    name: 'nobody knows whether it is up',
    check: 'storage-port',
    facts: one({ ...dead, state: undefined, dialBack: undefined }),
    expected: [['critical', /^its storage port is not reached/]],
  },
  {
    name: 'down: told once, elsewhere',
    check: 'storage-port',
    facts: one({ ...dead, state: state(1, { alive: false }) }),
    expected: [],
  },
  {
    name: 'plaintext as asked',
    check: 'tls-mode',
    facts: one({}),
    expected: [['ok', /plaintext only/]],
  },
  {
    name: 'plaintext given, TLS required',
    check: 'tls-mode',
    facts: one({
      storage: storage({ plain: tlsRequired, secure: answered(), certificates: noTls }),
    }),
    expected: [['critical', /will not talk plaintext to us: TLS is required$/, /--tls-ca/]],
  },
  {
    name: 'plaintext given, TLS with a certificate required',
    check: 'tls-mode',
    facts: one({
      storage: storage({
        plain: tlsRequired,
        secure: tlsFailed('certificate-required'),
        certificates: { kind: 'seen', view: view() },
      }),
    }),
    expected: [['critical', /TLS is required, and it demands a client certificate/, /--tls-cert/]],
  },
  {
    name: 'TLS given, plaintext only',
    check: 'tls-mode',
    facts: one({}, { tls }),
    expected: [['critical', /TLS with it fails .*plaintext only/, /leave --tls out/]],
  },
  {
    name: 'TLS given without the certificate that it demands',
    check: 'tls-mode',
    facts: one(
      { storage: storage({ ...secureStorage, secure: tlsFailed('certificate-required') }) },
      { tls: { ca: 'CA' } },
    ),
    expected: [['critical', /demands a client certificate/, /--tls-cert and --tls-key/]],
  },
  {
    name: 'TLS given with an authority that is not the node’s',
    check: 'tls-mode',
    facts: one({ storage: storage({ ...secureStorage, secure: tlsFailed('untrusted') }) }, { tls }),
    expected: [['critical', /TLS with it fails/, /--tls-ca/]],
  },
  {
    name: 'TLS as asked',
    check: 'tls-mode',
    facts: one({ storage: secureStorage }, { tls }),
    expected: [['ok', /TLS is required, and it demands a client certificate/]],
  },
  {
    name: 'both, and plaintext asked for',
    check: 'tls-mode',
    facts: one({
      storage: storage({ secure: answered(), certificates: { kind: 'seen', view: view() } }),
    }),
    expected: [['info', /both taken/, /dial back/]],
  },
  {
    name: 'both, and TLS asked for',
    check: 'tls-mode',
    facts: one(
      { storage: storage({ secure: answered(), withoutCertificate: answered() }) },
      { tls },
    ),
    expected: [['ok', /both taken$/]],
  },
  { name: 'version 12', check: 'protocol', facts: one({}), expected: [['ok', /version 12$/]] },
  {
    name: 'the compatibility mode of 5.0 by its version',
    check: 'protocol',
    facts: facts({
      nodes: [
        node(1, { info: infoOf(1, { releaseVersion: '5.0.6' }) }),
        node(2, {
          info: infoOf(2, { releaseVersion: '5.0.6' }),
          storage: storage({ taken: [13] }),
        }),
      ],
    }),
    expected: [
      ['warning', /no streaming version in common/, /storage_compatibility_mode/],
      ['info', /version 12: it runs in storage_compatibility_mode CASSANDRA_4; .*oa/],
      ['info', /version 13: .*UPGRADING or NONE$/],
    ],
  },
  {
    name: 'a version that was asked for and is not taken',
    check: 'protocol',
    facts: one({}, { protocol: 13 }),
    expected: [['critical', /not take streaming version 13/, /--protocol/]],
  },
  { name: 'no answer, no version', check: 'protocol', facts: one(dead), expected: [] },
];

const certificateCases: readonly Case[] = [
  {
    name: 'trusted',
    check: 'certificate',
    facts: one({ storage: secureStorage }, { tls }),
    expected: [['ok', /storage port is trusted, and valid until 2027-09-25/]],
  },
  { name: 'none', check: 'certificate', facts: one({}), expected: [] },
  {
    name: 'expired',
    check: 'certificate',
    facts: one({ storage: seen({ untrusted: 'CERT_HAS_EXPIRED' }, -2) }, { tls }),
    expected: [['critical', /CN=node1 of its storage port has expired on 2026-11-27/, /renew/]],
  },
  {
    name: 'expires soon',
    check: 'certificate',
    facts: one({ storage: seen({}, 13) }, { tls }),
    expected: [['warning', /expires in 13 days/]],
  },
  {
    name: 'expires after the limit',
    check: 'certificate',
    facts: one({ storage: seen({}, 15) }, { tls }),
    expected: [['ok', /valid until/]],
  },
  {
    name: 'of another authority, for another host',
    check: 'certificate',
    facts: one(
      { storage: seen({ untrusted: 'SELF_SIGNED_CERT_IN_CHAIN', wrongName: 'not 10.0.0.1' }) },
      { tls },
    ),
    expected: [
      ['critical', /authority that we trust \(SELF_SIGNED/, /Troy CA as --tls-ca/],
      ['critical', /another host/, /--tls-server-name/],
    ],
  },
  {
    name: 'the same, but taken as told',
    check: 'certificate',
    facts: one({ storage: seen({ untrusted: 'X' }) }, { tls: { insecure: true } }),
    expected: [['warning', /taken all the same/]],
  },
  {
    name: 'TLS that nobody asked for: dates only',
    check: 'certificate',
    facts: one({ storage: seen({ untrusted: 'X' }, -2) }),
    expected: [['warning', /has expired/]],
  },
  {
    name: 'of the CQL port',
    check: 'certificate',
    facts: facts({
      options: { target: { kind: 'cluster', contactPoints: [], cqlTls: { ca: 'CA' } } },
      nodes: [
        node(1, {
          cql: { ...told(), certificates: { kind: 'seen', view: view({ untrusted: 'X' }) } },
        }),
      ],
    }),
    expected: [['critical', /its CQL port/, /--cql-tls-ca/]],
  },
];

const clusterCases: readonly Case[] = [
  { name: 'agrees', check: 'clock', facts: one({}), expected: [['ok', /agrees/]] },
  {
    name: 'a second and a bit ahead',
    check: 'clock',
    facts: one(clockAt(1100)),
    expected: [['warning', /1\.1 s ahead of ours/, /NTP/]],
  },
  {
    name: 'no more than the doubt',
    check: 'clock',
    facts: one(clockAt(1100, 200)),
    expected: [['ok', /agrees/]],
  },
  {
    name: 'far behind',
    check: 'clock',
    facts: one(clockAt(-31_000)),
    expected: [['critical', /31 s behind ours/]],
  },
  {
    name: 'all nodes alike: it is ours',
    check: 'clock',
    facts: facts({ nodes: [node(1, clockAt(5000)), node(2, clockAt(5300))] }),
    expected: [['warning', /this machine is off: all nodes are 5 s ahead/]],
  },
  {
    name: 'one of two',
    check: 'clock',
    facts: facts({ nodes: [node(1), node(2, clockAt(5000))] }),
    expected: [
      ['ok', /agrees/],
      ['warning', /5 s ahead/],
    ],
  },
  {
    name: 'one release',
    check: 'release',
    facts: facts({ nodes: [node(1), node(2)] }),
    expected: [['ok', /all nodes run Cassandra 4\.1\.10/]],
  },
  {
    name: 'two patch releases',
    check: 'release',
    facts: facts({ nodes: [node(1), node(2, { info: infoOf(2, { releaseVersion: '4.1.9' }) })] }),
    expected: [['info', /patch releases \(4\.1\.10, 4\.1\.9\)/]],
  },
  {
    name: 'two releases',
    check: 'release',
    facts: facts({ nodes: [node(1), node(2, { info: infoOf(2, { releaseVersion: '5.0.6' }) })] }),
    expected: [['warning', /different releases \(4\.1 and 5\.0\)/, /upgrade/]],
  },
  {
    name: 'a release before its time',
    check: 'release',
    facts: one({ info: infoOf(1, { releaseVersion: '6.0-alpha2' }) }),
    expected: [['ok', /6\.0-alpha2/]],
  },
  {
    name: 'a release nobody tried',
    check: 'release',
    facts: one({ info: infoOf(1, { releaseVersion: '7.0.1' }) }),
    expected: [['warning', /7\.0 was never tried/]],
  },
  {
    name: 'one schema',
    check: 'schema-agreement',
    facts: facts({ nodes: [node(1), node(2)] }),
    expected: [['ok', /same schema/]],
  },
  {
    name: 'two schemas',
    check: 'schema-agreement',
    facts: facts({ nodes: [node(1), node(2, { state: state(2, { schemaVersion: 'other' }) })] }),
    expected: [['warning', /hold 2 schemas/, /describecluster/]],
  },
  {
    name: 'a node that went down before the last change',
    check: 'schema-agreement',
    facts: facts({
      nodes: [
        node(1),
        node(2, { ...dead, state: state(2, { schemaVersion: 'old', alive: false }) }),
      ],
    }),
    expected: [
      ['ok', /that are up hold the same/],
      ['warning', /went down with another schema/],
    ],
  },
  {
    name: 'nothing changes',
    check: 'ring-change',
    facts: one({}),
    expected: [['ok', /no node joins/]],
  },
  {
    name: 'joining, leaving, moving, replacing',
    check: 'ring-change',
    facts: facts({
      nodes: [
        node(1, { ringNode: ringNode(1, { status: 'joining' }) }),
        node(2, { ringNode: ringNode(2, { status: 'leaving' }) }),
        node(3, { ringNode: ringNode(3, { status: 'moving' }) }),
        node(4, {
          ringNode: ringNode(4, { status: 'joining', replacing: { host: '10.0.0.9', port: 7000 } }),
        }),
      ],
    }),
    expected: [
      ['warning', /is joining/],
      ['warning', /is leaving/],
      ['warning', /is moving/],
      ['warning', /taking the place of 10\.0\.0\.9:7000/],
    ],
  },
  {
    name: 'nobody answers by gossip',
    check: 'ring-change',
    facts: facts({ gossipSilent: true }),
    expected: [['warning', /no node tells/]],
  },
  {
    name: 'gossip was not asked for, and CQL has no table of it',
    check: 'ring-change',
    facts: one({ state: undefined }, { gossip: false }),
    expected: [],
  },
  {
    name: 'gossip was not asked for, CQL tells it without tokens',
    check: 'ring-change',
    facts: facts({
      options: asking({ gossip: false }),
      nodes: [
        node(1),
        node(2, {
          ringNode: undefined,
          info: undefined,
          state: state(2, { status: { state: 'BOOT', pieces: ['5'] }, tokens: [] }),
        }),
      ],
    }),
    expected: [['warning', /is joining the ring/]],
  },
  { name: 'up', check: 'node-down', facts: one({}), expected: [] },
  {
    name: 'its heart stands still and it does not answer',
    check: 'node-down',
    facts: one({ ...dead, state: state(1, { alive: false }) }),
    expected: [['warning', /is down/, /repair/]],
  },
  {
    name: 'its heart stands still, but it answers us',
    check: 'node-down',
    facts: one({ state: state(1, { alive: false }) }),
    expected: [],
  },
];

const cqlFailure = (code: 'SCM_CLUSTER_LOGIN' | 'SCM_CLUSTER_TLS') =>
  ({
    kind: 'failed',
    dialled: { host: '10.0.0.1', port: 9042 },
    error: { code, host: '10.0.0.1:9042', reason: 'no' },
    certificates: undefined,
  }) as const;
const unreachable = {
  kind: 'failed',
  dialled: { host: '10.0.0.1', port: 9042 },
  error: { code: 'SCM_CLUSTER_UNREACHABLE', tried: [] },
  certificates: undefined,
} as const;

const notReached = (code: 'SCM_GOSSIP_TIMEOUT' | 'SCM_GOSSIP_LISTEN'): DialBackFacts => {
  const node = '10.0.0.1:7000';
  return {
    kind: 'failed',
    announced: '192.0.2.1:7000',
    error:
      code === 'SCM_GOSSIP_LISTEN'
        ? { code, node, reason: 'no certificate' }
        : { code, node, waitingFor: 'dialling back', afterMs: 10, hint: 'it can not reach us' },
  };
};

const nodeCases: readonly Case[] = [
  { name: 'answers', check: 'cql', facts: one({}), expected: [['ok', /answers by CQL$/]] },
  {
    name: 'one node of several',
    check: 'cql',
    facts: one({ cql: cqlFailure('SCM_CLUSTER_LOGIN') }),
    expected: [['warning', /does not let us in/, /--user/]],
  },
  {
    name: 'all contact points',
    check: 'cql',
    facts: {
      ...one({ cql: cqlFailure('SCM_CLUSTER_TLS') }),
      contactError: { code: 'SCM_CLUSTER_TLS', host: 'x', reason: 'no' },
    },
    expected: [['critical', /10\.0\.0\.1:9042 does not let us in by CQL/, /--cql-tls-ca/]],
  },
  {
    name: 'a port that speaks TLS',
    check: 'cql',
    facts: one({ cql: { ...unreachable, certificates: { kind: 'seen', view: view() } } }),
    expected: [['warning', /does not let us in/, /speaks TLS: give --cql-tls/]],
  },
  {
    name: 'a port of a node that is down',
    check: 'cql',
    facts: one({ ...dead, cql: unreachable, state: state(1, { alive: false }) }),
    expected: [['info', /it is down/]],
  },
  {
    name: 'tables that may not be read',
    check: 'cql',
    facts: one({ cql: told({ unread: ['settings: no SELECT permission'] }) }),
    expected: [['warning', /not show all/, /grant SELECT/]],
  },
  {
    name: 'unlimited, usual',
    check: 'throttle',
    facts: one({ cql: toldSettings({ streamRate: 0 }) }),
    expected: [['info', /no limit/]],
  },
  {
    name: 'very slow',
    check: 'throttle',
    facts: one({ cql: toldSettings({ entireStreamRate: 1024 ** 2 }) }),
    expected: [['warning', /1 MiB\/s/, /setstreamthroughput/]],
  },
  {
    name: 'usual',
    check: 'settings',
    facts: one({}),
    expected: [['ok', /let streams through/]],
  },
  {
    name: 'all that is worth a word',
    check: 'settings',
    facts: one({
      cql: toldSettings({
        rejectsOutOfRange: true,
        streamsEntireSSTables: false,
        keepAliveSeconds: 0,
        internodeEncryption: 'dc',
      }),
    }),
    expected: [
      ['info', /refuses a session/],
      ['info', /no whole SSTables/],
      ['info', /no keep-alive/],
      ['info', /another dc/],
      ['ok', /let streams/],
    ],
  },
  { name: 'none before 6.0', check: 'guardrail', facts: one({}), expected: [] },
  {
    name: 'open',
    check: 'guardrail',
    facts: one({ cql: toldSettings({ bulkLoadEnabled: true }) }),
    expected: [['ok', /lets loads in/]],
  },
  {
    name: 'shut',
    check: 'guardrail',
    facts: one({ cql: toldSettings({ bulkLoadEnabled: false }) }),
    expected: [['critical', /forbids loads/, /bulk_load_enabled/]],
  },
  {
    name: 'not told',
    check: 'disk',
    facts: one({}),
    expected: [['info', /does not tell/, /10 GiB free/]],
  },
  {
    name: 'as much as was asked for',
    check: 'disk',
    facts: one({}, { headroomBytes: 3 * 1024 ** 3 }),
    expected: [['info', /does not tell/, /3 GiB free/]],
  },
  {
    name: 'full and nearly full by the node’s own word',
    check: 'disk',
    facts: facts({
      nodes: [
        node(1, { state: state(1, { diskUsage: 'FULL' }) }),
        node(2, { state: state(2, { diskUsage: 'STUFFED' }) }),
      ],
    }),
    expected: [
      ['critical', /are full/],
      ['warning', /nearly full/],
    ],
  },
  {
    name: 'a guardrail that leaves room, and one that does not',
    check: 'disk',
    facts: facts({
      nodes: [
        node(1, { cql: toldSettings({ diskBytesMax: 100 * 1024 ** 3, diskFailPercent: 50 }) }),
        node(2, { cql: toldSettings({ diskBytesMax: 10 * 1024 ** 3 }) }),
      ],
    }),
    expected: [
      ['ok', /room for 49\.7 GiB/],
      ['warning', /room for 9\.7 GiB, and 10 GiB are needed/],
    ],
  },
  { name: 'nothing', check: 'backlog', facts: one({}), expected: [['ok', /nothing else/]] },
  {
    name: 'a stream and a compaction',
    check: 'backlog',
    facts: one({
      cql: told({
        streams: [{ planId: 'p', operation: 'Rebuild', peers: ['/x'], progressPercent: 3 }],
        tasks: [{ kind: 'compaction', table: 'a.b', progress: 1, total: 2, unit: 'bytes' }],
      }),
    }),
    expected: [
      ['info', /a stream is running/],
      ['info', /compacting/],
    ],
  },
  {
    name: 'far behind, beyond the limit, and hints',
    check: 'backlog',
    facts: facts({
      nodes: [
        node(1, {
          cql: told({ pools: [{ name: 'CompactionExecutor', active: 2, pending: 100 }] }),
        }),
        node(2, {
          cql: told({
            pools: [{ name: 'CompactionExecutor', active: 2, pending: 40 }],
            settings: { ...settings, pendingCompactionsMax: 40 },
          }),
        }),
        node(3, {
          cql: told({
            hints: [
              { hostId: 'a', address: undefined, files: 0 },
              { hostId: 'b', address: '10.0.0.2', files: 2 },
            ],
          }),
        }),
      ],
    }),
    expected: [
      ['warning', /100 compactions wait/],
      ['critical', /\(40\) that it refuses/],
      ['warning', /hints for another node/],
    ],
  },
  { name: 'reached', check: 'dial-back', facts: one({}), expected: [['ok', /reaches us/]] },
  {
    name: 'not reached',
    check: 'dial-back',
    facts: one({ dialBack: notReached('SCM_GOSSIP_TIMEOUT') }),
    expected: [['warning', /does not reach us at 192\.0\.2\.1:7000/, /--announce/]],
  },
  {
    name: 'not reached at the address that a pull would announce',
    check: 'dial-back',
    facts: one(
      { dialBack: notReached('SCM_GOSSIP_TIMEOUT') },
      { announce: { host: '192.0.2.1', port: 7000 } },
    ),
    expected: [['critical', /does not reach us/]],
  },
  {
    name: 'we can’t listen',
    check: 'dial-back',
    facts: one({ dialBack: notReached('SCM_GOSSIP_LISTEN') }),
    expected: [['warning', /can’t listen/, /--listen/]],
  },
  {
    name: 'TLS without a certificate of ours',
    check: 'dial-back',
    facts: one({ dialBack: notReached('SCM_GOSSIP_TIMEOUT') }, { tls: { ca: 'CA' } }),
    expected: [['warning', /does not reach us/, /--tls-cert/]],
  },
];

const cases = [...storageCases, ...certificateCases, ...clusterCases, ...nodeCases];

for (const { name, check, facts: given, expected } of cases)
  test(`${check}: ${name}`, () => {
    const found = allChecks(given).filter((finding) => finding.check === check);
    const text = found.map(
      ({ severity, finding, remedy }) => `${severity}: ${finding} (${remedy})`,
    );
    assert.is(found.length, expected.length, text.join('\n'));
    for (const [index, [severity, finding, remedy]] of expected.entries()) {
      assert.is(found[index]?.severity, severity, text.join('\n'));
      assert.match(found[index]?.finding ?? '', finding);
      if (remedy !== undefined) assert.match(found[index]?.remedy ?? '', remedy);
    }
  });

test('everything that is worse than info has evidence and a remedy', () => {
  for (const { facts: given } of cases)
    for (const { severity, evidence, remedy, finding } of allChecks(given)) {
      if (severity !== 'critical' && severity !== 'warning') continue;
      assert.ok(evidence !== '' && remedy !== undefined, finding);
    }
});

test('days of certificates are counted from now', () => {
  const late = { ...one({ storage: secureStorage }, { tls }) };
  const then = { ...late, nowMs: late.nowMs + 290 * DAY_MS };
  const [found] = allChecks(then).filter(({ check }) => check === 'certificate');
  assert.is(found?.severity, 'warning');
});

test.run();
