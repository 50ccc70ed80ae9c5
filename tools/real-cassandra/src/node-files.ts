// Control plane: the files a node starts from. Pure text builders and one writer; called by node.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from './loopback-address.ts';
import type { NodeSettings } from './node-options.ts';
import { tlsYamlOf, writeTlsFiles } from './node-tls.ts';

/** Folders below a node's own. */
export const dataFolderOf = (folder: string): string => join(folder, 'data');
/** Everything the JVM prints, logback's lines included. */
export const logFileOf = (folder: string): string => join(folder, 'node.log');

/** cassandra.yaml as a value: names of 4.0, which every later release still reads. */
export const yamlOf = (settings: NodeSettings, folder: string): Record<string, unknown> => {
  const yaml: Record<string, unknown> = {
    cluster_name: settings.clusterName,
    partitioner: settings.partitioner,
    num_tokens: settings.numTokens,
    ...(settings.initialToken === undefined ? {} : { initial_token: settings.initialToken }),
    auto_bootstrap: settings.autoBootstrap,
    data_file_directories: [dataFolderOf(folder)],
    commitlog_directory: join(folder, 'commitlog'),
    saved_caches_directory: join(folder, 'saved_caches'),
    hints_directory: join(folder, 'hints'),
    cdc_raw_directory: join(folder, 'cdc_raw'),
    commitlog_sync: 'periodic',
    commitlog_sync_period_in_ms: 10_000,
    commitlog_segment_size_in_mb: 8,
    commitlog_total_space_in_mb: 64,
    listen_address: settings.address,
    rpc_address: settings.address,
    storage_port: ports.storage,
    ssl_storage_port: ports.storageTls,
    native_transport_port: ports.native,
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: settings.seeds.join(',') }],
      },
    ],
    endpoint_snitch: 'GossipingPropertyFileSnitch',
    dynamic_snitch: false,
    memtable_heap_space_in_mb: Math.floor(settings.heapMb / 4),
    memtable_offheap_space_in_mb: Math.floor(settings.heapMb / 4),
    file_cache_size_in_mb: 32,
    key_cache_size_in_mb: 4,
    counter_cache_size_in_mb: 2,
    concurrent_reads: 8,
    concurrent_writes: 8,
    concurrent_counter_writes: 4,
    concurrent_materialized_view_writes: 4,
    concurrent_compactors: 1,
    auto_snapshot: false,
    // The writes of a test all arrive; a slow machine must not make them time out.
    read_request_timeout_in_ms: 30_000,
    write_request_timeout_in_ms: 30_000,
    range_request_timeout_in_ms: 60_000,
    truncate_request_timeout_in_ms: 60_000,
    request_timeout_in_ms: 60_000,
    ...(settings.tls === undefined ? {} : tlsYamlOf(settings.version, settings.tls, folder)),
    ...settings.yaml,
  };
  return Object.fromEntries(Object.entries(yaml).filter(([, value]) => value !== null));
};

/**
 * The configuration that tools read: without the node's snitch, which looks into system tables that a tool does not have (seen with
 * sstableloader of 4.0: SystemKeyspace.loadDcRackInfo).
 */
export const toolYamlOf = (settings: NodeSettings, folder: string): Record<string, unknown> => ({
  ...yamlOf(settings, folder),
  endpoint_snitch: 'SimpleSnitch',
});

/** Where the node is, as GossipingPropertyFileSnitch reads it. */
export const rackDcOf = (settings: NodeSettings): string =>
  `dc=${settings.dc}\nrack=${settings.rack}\n`;

const logback = (level: string, target: string): string => `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <target>${target}</target>
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level [%thread] %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="${level}"><appender-ref ref="OUT"/></root>
</configuration>
`;

/** Writes the folder a node starts from. JSON is valid YAML, so the configuration needs no YAML writer. */
export const writeNodeFiles = (settings: NodeSettings, folder: string): void => {
  for (const name of ['data', 'commitlog', 'saved_caches', 'hints', 'cdc_raw', 'tmp']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const writeYaml = (name: string, yaml: Record<string, unknown>): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(yaml, null, 2)}\n`);
  writeYaml('cassandra.yaml', yamlOf(settings, folder));
  writeYaml('cassandra-tools.yaml', toolYamlOf(settings, folder));
  if (settings.tls !== undefined) writeTlsFiles(settings.version, settings.tls, folder);
  writeFileSync(join(folder, 'cassandra-rackdc.properties'), rackDcOf(settings));
  writeFileSync(join(folder, 'logback.xml'), logback('INFO', 'System.out'));
  writeToolFiles(folder);
};

/** Writes what a tool needs that reads no configuration of a node. */
export const writeToolFiles = (folder: string): void => {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  writeFileSync(join(folder, 'logback-tools.xml'), logback('WARN', 'System.err'));
};
