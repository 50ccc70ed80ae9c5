// Control plane: Cassandra's own sstableloader as its script starts it, measured. Called by the case that compares with it.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, resolveRelease } from '@scamander-tools/real-cassandra';
import type { Measured } from '../cases/case.ts';
import { unthrottled } from '../cases/real-target.ts';
import { datasetKeyspace, datasetRelease, type MadeDataset } from '../datasets/dataset.ts';
import { scratchFolder } from '../paths.ts';
import { startMeasured } from './measured-process.ts';

/** What conf/jvm11-clients.options opens, as far as Java 17 needs it for this tool. */
const openedPackages = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.reflect',
  'java.base/java.math',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
];
const exportedPackages = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
];

const logback = `<configuration>
  <appender name="ERR" class="ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target><encoder><pattern>%-5level %date{HH:mm:ss,SSS} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="ERR"/></root>
</configuration>
`;

/** A configuration of the tool's own: with the node's it would call itself by the node's address, and the node answers itself nothing. */
export const loaderYaml = (folder: string) => ({
  cluster_name: 'scamander',
  partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
  data_file_directories: [join(folder, 'data')],
  commitlog_directory: join(folder, 'commitlog'),
  saved_caches_directory: join(folder, 'saved_caches'),
  hints_directory: join(folder, 'hints'),
  cdc_raw_directory: join(folder, 'cdc_raw'),
  commitlog_sync: 'periodic',
  commitlog_sync_period: '10000ms',
  listen_address: '127.0.0.1',
  rpc_address: '127.0.0.1',
  storage_port: 7000,
  native_transport_port: 9042,
  endpoint_snitch: 'SimpleSnitch',
  seed_provider: [
    {
      class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
      parameters: [{ seeds: '127.0.0.1' }],
    },
  ],
  ...unthrottled,
});

/** Arguments of `java`; the heap is what bin/sstableloader gives. */
export const loaderArguments = (parts: {
  readonly jars: readonly string[];
  readonly folder: string;
  readonly address: string;
  readonly source: string;
}): string[] => [
  '-Xmx256M',
  ...exportedPackages.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...openedPackages.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  '-Djava.security.manager=allow',
  `-Dcassandra.storagedir=${parts.folder}`,
  `-Dcassandra.logdir=${parts.folder}`,
  `-Dcassandra.config=file://${join(parts.folder, 'cassandra.yaml')}`,
  `-Dlogback.configurationFile=file://${join(parts.folder, 'logback.xml')}`,
  '-cp',
  parts.jars.join(':'),
  'org.apache.cassandra.tools.BulkLoader',
  '--conf-path',
  join(parts.folder, 'cassandra.yaml'),
  '--nodes',
  parts.address,
  '--throttle-mib',
  '0',
  '--entire-sstable-throttle-mib',
  '0',
  '--no-progress',
  parts.source,
];

/** Loads the dataset into the node with the node's own release of the tool. */
export const runSSTableLoader = async (node: Node, dataset: MadeDataset): Promise<Measured> => {
  mkdirSync(scratchFolder, { recursive: true });
  const { jars } = await resolveRelease(datasetRelease);
  const folder = mkdtempSync(join(scratchFolder, 'sstableloader-'));
  try {
    writeFileSync(join(folder, 'logback.xml'), logback);
    // JSON is valid YAML.
    writeFileSync(join(folder, 'cassandra.yaml'), JSON.stringify(loaderYaml(folder)));
    // The tool takes keyspace and table from the last two folders of the path.
    const source = join(folder, datasetKeyspace, dataset.name);
    mkdirSync(join(folder, datasetKeyspace));
    symlinkSync(dataset.tableFolder, source);
    const java =
      process.env['JAVA_HOME'] === undefined ? 'java' : `${process.env['JAVA_HOME']}/bin/java`;
    const { cost } = await startMeasured([
      java,
      ...loaderArguments({
        jars,
        folder,
        address: node.address,
        source,
      }),
    ]).ended;
    return { ...cost, bytes: dataset.totalBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
