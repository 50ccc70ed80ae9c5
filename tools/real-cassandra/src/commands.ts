// Control plane: what the commands of main.ts do. They print; called by main.ts only.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '@scamander-tools/testing';
import { resolveRelease } from './class-path.ts';
import { connectTo } from './cql.ts';
import { runTool } from './java-tool.ts';
import { candidate, ports } from './loopback-address.ts';
import { writeToolFiles } from './node-files.ts';
import type { NodeTls } from './node-tls.ts';
import { defaultReleaseNames, parseRelease } from './release.ts';
import { type Ring, startRing } from './ring.ts';

export type StartOptions = {
  readonly nodes: number;
  readonly tls?: boolean;
  readonly keep?: boolean;
};

/** Addresses a certificate for this machine's nodes should name. */
const certifiedAddresses = 100;

const makeTls = async (): Promise<NodeTls> => {
  const ip = Array.from({ length: certifiedAddresses }, (_, index) => candidate(index));
  return { certificates: await makeCertificates({ dns: ['localhost'], ip: ['127.0.0.1', ...ip] }) };
};

const writeClientFiles = (folder: string, tls: NodeTls): void => {
  mkdirSync(folder);
  const { ca, clientCert, clientKey } = tls.certificates;
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'client.pem'), clientCert);
  writeFileSync(join(folder, 'client-key.pem'), clientKey);
};

const describe = (ring: Ring, tls: NodeTls | undefined): string => {
  const lines = ring.nodes.map(
    (node) =>
      `  ${node.address}  CQL ${node.nativePort}, storage ${node.storagePort}, JMX ${node.jmxPort}, data ${node.dataDirectory}`,
  );
  const { address, folder } = ring.first;
  lines.push(
    '',
    `  npm run cassandra -- cql --node ${address} "SELECT * FROM system.local"`,
    `  npm run cassandra -- nodetool --node ${address} status`,
  );
  const client = join(folder, 'client');
  const flags =
    tls === undefined
      ? ''
      : ` --tls --tls-ca ${client}/ca.pem --tls-cert ${client}/client.pem --tls-key ${client}/client-key.pem`;
  lines.push(`  npx scamander load DIR --to ${address}${flags}`, '', 'Ctrl-C ends it.');
  return lines.join('\n');
};

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    // Keeps the process alive: a node does not.
    const alive = setInterval(() => undefined, 3_600_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });

/** `start`: boots, says how to connect, stays until Ctrl-C. */
export const start = async (name: string, options: StartOptions): Promise<void> => {
  const release = parseRelease(name);
  const tls = options.tls === true ? await makeTls() : undefined;
  console.log(`starting ${options.nodes} × Cassandra ${release.version} …`);
  const begin = performance.now();
  const ring = await startRing({
    version: release.version,
    nodes: options.nodes,
    yaml: release.yaml,
    ...(tls === undefined ? {} : { tls }),
  });
  if (tls !== undefined) writeClientFiles(join(ring.first.folder, 'client'), tls);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  console.log(`ready after ${seconds} s\n${describe(ring, tls)}`);
  await untilInterrupted();
  if (options.keep !== true) return await ring.stop();
  await Promise.all(ring.nodes.map((node) => node.leave()));
  for (const node of ring.nodes) console.log(`kept ${node.folder}`);
};

/** `versions`: what boots. */
export const versions = (): void => {
  for (const name of defaultReleaseNames) {
    const release = parseRelease(name);
    const writes = release.writes.join(', ');
    console.log(`${name.padEnd(12)} streaming ${release.streamingVersion}, SSTables ${writes}`);
  }
};

/** `cql`: one statement, rows as JSON lines. */
export const runCql = async (address: string, statement: string): Promise<void> => {
  const client = await connectTo(address, ports.native, 'dc1', undefined);
  try {
    const result = await client.execute(statement);
    for (const row of result.rows ?? []) console.log(JSON.stringify(row));
  } finally {
    await client.shutdown();
  }
};

const versionOf = async (address: string): Promise<string> => {
  const client = await connectTo(address, ports.native, 'dc1', undefined);
  try {
    const result = await client.execute('SELECT release_version FROM system.local');
    return String(result.first()?.['release_version']);
  } finally {
    await client.shutdown();
  }
};

/** `nodetool`: of the node's own release. */
export const runNodetool = async (address: string, words: readonly string[]): Promise<void> => {
  const { jars } = await resolveRelease(await versionOf(address));
  const folder = mkdtempSync(join(tmpdir(), 'scamander-nodetool-'));
  try {
    writeToolFiles(folder);
    const { exitCode, stdout, stderr } = await runTool({
      jars,
      folder,
      heapMb: 256,
      options: [],
      mainClass: 'org.apache.cassandra.tools.NodeTool',
      arguments: ['-h', address, '-p', String(ports.jmx), ...words],
    });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
