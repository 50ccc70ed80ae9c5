// TLS required on both ports of a real node: with the right files all is loaded; without them the exit code is 3 and the reason is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, type Release, releases, withNode } from '@scamander-tools/real-cassandra';
import { type Certificates, makeCertificates, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './support/command.ts';
import { assertLoaded, emptyTables, rowsIn, sampleOf, setsFor, toNode } from './support/samples.ts';

/** Addresses a node may get: the certificate is made before. */
const ADDRESSES = Array.from({ length: 120 }, (_, index) => `127.0.0.${index + 2}`);

let made: Promise<Certificates> | undefined;
const certificates = (): Promise<Certificates> => {
  made ??= makeCertificates({ ip: ADDRESSES });
  return made;
};

/** Paths of the PEM files. */
interface Files {
  readonly ca: string;
  /** Of a node: it may listen, and dial. */
  readonly serverCert: string;
  readonly serverKey: string;
  readonly cert: string;
  readonly key: string;
  readonly otherCa: string;
  readonly otherCert: string;
  readonly otherKey: string;
}

const writeFiles = async (folder: string): Promise<Files> => {
  const [own, other] = [await certificates(), await makeCertificates({ ip: ADDRESSES })];
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    ca: write('ca.pem', own.ca),
    serverCert: write('server.pem', own.serverCert),
    serverKey: write('server.key', own.serverKey),
    cert: write('client.pem', own.clientCert),
    key: write('client.key', own.clientKey),
    otherCa: write('other-ca.pem', other.ca),
    otherCert: write('other-client.pem', other.clientCert),
    otherKey: write('other-client.key', other.clientKey),
  };
};

/** So that only the storage port decides. */
const cqlFlags = ({ ca, cert, key }: Files): readonly string[] => [
  '--cql-tls-ca',
  ca,
  '--cql-tls-cert',
  cert,
  '--cql-tls-key',
  key,
];

const refusals: readonly {
  readonly name: string;
  readonly flags: (files: Files) => readonly string[];
  readonly reason: RegExp;
}[] = [
  { name: 'no TLS', flags: () => [], reason: /error SCM_NET_TLS_REQUIRED: .*\n.*demands TLS/ },
  {
    name: 'another authority',
    flags: ({ otherCa, cert, key }) => ['--tls-ca', otherCa, '--tls-cert', cert, '--tls-key', key],
    reason: /error SCM_NET_TLS: .*\n.*(not trusted|self.signed|unable to verify|issuer)/i,
  },
  {
    name: 'no certificate of ours',
    flags: ({ ca }) => ['--tls-ca', ca],
    reason: /error SCM_NET_TLS\S*: .*\n.*certificate/,
  },
  {
    name: 'a certificate of another authority',
    flags: ({ ca, otherCert, otherKey }) => [
      '--tls-ca',
      ca,
      '--tls-cert',
      otherCert,
      '--tls-key',
      otherKey,
    ],
    reason: /error SCM_NET_TLS\S*: .*\n.*certificate/,
  },
];

const withTlsNode = async (
  release: Release,
  body: (node: Node, files: Files) => Promise<void>,
): Promise<void> =>
  withNode(
    release,
    (node) => withTempFolder(async (folder) => body(node, await writeFiles(folder))),
    { tls: { certificates: await certificates(), native: true } },
  );

const check = async (release: Release, node: Node, files: Files): Promise<void> => {
  const sample = sampleOf(setsFor(release)[0], 'users');
  for (const { name, flags, reason } of refusals) {
    await emptyTables(node, [sample]);
    const ran = await run(
      'load',
      sample.path,
      ...toNode(node),
      ...flags(files),
      ...cqlFlags(files),
    );
    assert.is(ran.code, 3, `${name}: ${ran.err}`);
    assert.match(ran.err, reason, `${name}: ${ran.err}`);
    assert.is(await rowsIn(node, sample.table), 0);
  }
  // One set of files serves both ports.
  const { ca, cert, key } = files;
  for (const entire of ['auto', 'never']) {
    await emptyTables(node, [sample]);
    const ran = await run(
      ...['load', sample.path, ...toNode(node), '--entire', entire],
      ...['--tls-ca', ca, '--tls-cert', cert, '--tls-key', key],
    );
    assert.is(ran.code, 0, ran.err);
    await assertLoaded(node, [sample]);
  }
};

/** Nodes dial back with TLS: we listen with the certificate that we show them, and it must be one for servers too. */
const checkPull = async (node: Node, files: Files): Promise<void> =>
  withTempFolder(async (folder) => {
    const { ca, cert, key, serverCert, serverKey } = files;
    const [, host = ''] = toNode(node);
    const asked = ['pull', 'demo.users', '--from', host, '--tls-ca', ca, ...cqlFlags(files)];
    const pullInto = (into: string, ...flags: string[]) =>
      run(...asked, '--into', join(folder, into), ...flags);
    const bare = await pullInto('bare');
    assert.is(bare.code, 3, bare.err);
    const client = await pullInto('client', '--tls-cert', cert, '--tls-key', key);
    assert.is(client.code, 3, client.err);
    assert.match(client.err, /SCM_PULL_NO_DIAL_BACK/);
    assert.match(client.err, /serverAuth/);
    const ran = await pullInto('into', '--tls-cert', serverCert, '--tls-key', serverKey);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /[1-9]\d* SSTables received/);
  });

for (const release of releases().filter(({ name }) => !name.endsWith('-none')))
  test(`${release.name}: TLS with client certificates on the storage port`, () =>
    withTlsNode(release, async (node, files) => {
      await check(release, node, files);
      await checkPull(node, files);
    }));

test.run();
