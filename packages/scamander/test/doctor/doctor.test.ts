// doctor() at embedded nodes over real TLS, and at nobody: no CQL, no gossip, but ports that answer as nodes' do.
import { join } from 'node:path';
import { type Certificates, makeCertificates, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doctor } from '../../src/doctor/doctor.ts';
import type { DoctorOptions, DoctorReport, Finding } from '../../src/doctor/doctor-types.ts';
import type { TlsOptions } from '../../src/load/options.ts';
import { type EmbeddedNode, type ServeOptions, serve } from '../../src/serve/serve.ts';
import { copyTable, sampleTable } from '../harness.ts';

const value = <T>(
  result: { _tag: 'Left'; left: { message: string } } | { _tag: 'Right'; right: T },
): T => {
  if (result._tag === 'Left') throw new Error(result.left.message);
  return result.right;
};

const withServed = (
  options: Partial<ServeOptions>,
  body: (node: EmbeddedNode, folder: string) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const listen = { host: '127.0.0.1', port: 0 };
    const node = value(await serve({ dataDirectory: join(folder, 'data'), listen, ...options }));
    try {
      await body(node, folder);
    } finally {
      await node.close();
    }
  });

const served = (
  { ca, serverCert, serverKey }: Certificates,
  requireClientCertificate: boolean,
) => ({
  tls: { ca, cert: serverCert, key: serverKey, requireClientCertificate },
});

const examined = async (
  node: EmbeddedNode,
  more: Omit<DoctorOptions, 'target'> = {},
): Promise<DoctorReport> =>
  value(await doctor({ target: { kind: 'direct', nodes: [node.endpoint] }, ...more }).result);

const short = ({ findings }: DoctorReport): readonly string[] =>
  findings.map(({ check, severity }) => `${check} ${severity}`);

const only = ({ findings }: DoctorReport, check: string): Finding => {
  const found = findings.filter((one) => one.check === check);
  assert.is(found.length, 1, JSON.stringify(findings, null, 1));
  return found[0] as Finding;
};

test('a plain embedded node: the port, its mode, its versions', () =>
  withServed({}, async (node) => {
    const report = await examined(node);
    assert.equal(short(report), ['storage-port ok', 'tls-mode ok', 'protocol ok']);
    assert.is(report.severity, 'ok');
    assert.match(only(report, 'tls-mode').finding, /plaintext only$/);
    assert.match(only(report, 'protocol').evidence, /takes 12 and 13 and 14/);
    const secure = await examined(node, { tls: { insecure: true } });
    assert.is(secure.severity, 'critical');
    assert.match(only(secure, 'tls-mode').remedy ?? '', /leave --tls out/);
  }));

test('TLS with client certificates: what is given decides what is found', async () => {
  const ours = await makeCertificates();
  const other = await makeCertificates();
  const { ca, clientCert: cert, clientKey: key } = ours;
  const ways: readonly (readonly [TlsOptions | undefined, readonly string[]])[] = [
    [undefined, ['tls-mode critical', 'certificate info']],
    [{ ca }, ['tls-mode critical', 'certificate ok']],
    [{ ca: other.ca, cert, key }, ['tls-mode critical', 'certificate critical']],
    [{ ca, cert, key, serverName: 'a.example' }, ['tls-mode critical', 'certificate critical']],
    [{ ca, cert, key }, ['storage-port ok', 'tls-mode ok', 'certificate ok']],
  ];
  // Of our own certificate, which is for clients only.
  const aboutOurs = 'certificate info';
  await withServed(served(ours, true), async (node) => {
    for (const [tls, expected] of ways) {
      const report = await examined(node, tls === undefined ? {} : { tls });
      const found = short(report).filter((one) => !one.startsWith('protocol'));
      assert.equal(found, tls?.cert === undefined ? expected : [aboutOurs, ...expected]);
      assert.match(only(report, 'tls-mode').finding, /TLS is required, and it demands a client/);
    }
  });
});

test('our own certificate: for clients, for both, for nobody', async () => {
  const { ca, clientCert, clientKey, serverCert, serverKey } = await makeCertificates();
  const late = await makeCertificates(undefined, -3);
  const node = { host: '127.0.0.1', port: 1 };
  for (const [tls, expected] of [
    [{ ca, cert: clientCert, key: clientKey }, ['info']],
    [{ ca, cert: serverCert, key: serverKey }, []],
    [{ ca, cert: late.serverCert, key: late.serverKey }, ['critical']],
    [{ ca, cert: 'no certificate', key: 'no key' }, []],
  ] as const) {
    const report = value(await doctor({ target: { kind: 'direct', nodes: [node] }, tls }).result);
    const found = report.findings.filter(({ check }) => check === 'certificate');
    assert.equal(
      found.map(({ severity }) => severity),
      expected,
    );
  }
});

test('a certificate that has expired, and one that will soon', async () => {
  for (const [days, severity, finding] of [
    [-3, 'critical', /has expired on/],
    [5, 'warning', /expires in [45] days/],
  ] as const) {
    const certificates = await makeCertificates(undefined, days);
    await withServed(served(certificates, false), async (node) => {
      const report = await examined(node, { tls: { ca: certificates.ca } });
      const found = only(report, 'certificate');
      assert.is(found.severity, severity);
      assert.match(found.finding, finding);
      assert.match(found.evidence, /CN=scamander-test-server .*CN=Scamander test CA/);
    });
  }
});

test('nobody there: findings, not an error; each is an event too', async () => {
  const run = doctor({
    target: { kind: 'cluster', contactPoints: [{ host: '127.0.0.1', port: 1 }], storagePort: 1 },
  });
  const events: Finding[] = [];
  run.events$.subscribe(({ finding }) => events.push(finding));
  const report = value(await run.result);
  assert.equal(short(report), ['storage-port critical', 'cql critical']);
  assert.equal(events, report.findings);
  assert.is(report.cluster, undefined);
});

test('a backup for an embedded node: what fits and what is damaged', () =>
  withServed({}, async (node, folder) => {
    const path = copyTable('4.1.10-nb', 'users', folder);
    const report = await examined(node, { backup: [path] });
    const found = only(report, 'backup');
    assert.is(found.severity, 'ok');
    assert.match(found.finding, /^demo\.users would load \(2 SSTables/);
  }));

test('what is the caller’s mistake is a Left', async () => {
  const target = { kind: 'direct', nodes: [{ host: '127.0.0.1', port: 1 }] } as const;
  const missing = await doctor({ target, backup: ['/nowhere/at/all'] }).result;
  assert.ok(missing._tag === 'Left');
  assert.equal([missing.left.kind, missing.left.code], ['usage', 'SCM_SSTABLE_NOT_FOUND']);
  const named = await doctor({ target, announce: { host: 'us.example', port: 7000 } }).result;
  assert.ok(named._tag === 'Left');
  assert.equal([named.left.kind, named.left.code], ['usage', 'SCM_DOCTOR_ANNOUNCE']);
});

test('given up before it began: a Left that can be tried again', async () => {
  const target = { kind: 'direct', nodes: [{ host: '127.0.0.1', port: 1 }] } as const;
  const controller = new AbortController();
  controller.abort();
  const result = await doctor({ target, backup: [sampleTable('4.1.10-nb', 'users')] }, controller)
    .result;
  assert.ok(result._tag === 'Left');
  assert.equal([result.left.code, result.left.retryable], ['SCM_DOCTOR_ABORTED', true]);
});

test.run();
