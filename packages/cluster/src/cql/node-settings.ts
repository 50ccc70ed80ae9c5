// Control plane. What a node's configuration says about streaming, under one name whatever the release calls it: `system_views.settings`
// of 4.0 and later. Called by Cluster.selfReport(); pure. What a release does not have, or writes in a way nobody knows, is undefined.
import { optionalText, type Row } from './row.ts';

/** Settings that a stream meets. Rates are bytes per second, 0 = no limit. */
export interface NodeSettings {
  readonly streamRate: number | undefined;
  readonly interDcStreamRate: number | undefined;
  /** From 4.1 on; 4.0 holds whole SSTables to {@link streamRate}. */
  readonly entireStreamRate: number | undefined;
  readonly entireInterDcStreamRate: number | undefined;
  readonly compactionRate: number | undefined;
  readonly streamsEntireSSTables: boolean | undefined;
  readonly connectionsPerHost: number | undefined;
  /** 0 = off. */
  readonly keepAliveSeconds: number | undefined;
  readonly concurrentCompactors: number | undefined;
  /** Fails a session that brings or asks for partitions that are not the node's; late patch releases of 4.0, 4.1 and 5.0. */
  readonly rejectsOutOfRange: boolean | undefined;
  /** A guardrail of 6.0. */
  readonly bulkLoadEnabled: boolean | undefined;
  readonly internodeEncryption: 'none' | 'dc' | 'rack' | 'all' | undefined;
  readonly internodeEncryptionOptional: boolean | undefined;
  readonly internodeClientCertificate: boolean | undefined;
  /** Undefined also where it was left to its default. */
  readonly storageCompatibilityMode: string | undefined;
  /** From 5.0 on, where the node otherwise refuses streams that don't fit its disks. */
  readonly skipsDiskSpaceCheck: boolean | undefined;
  readonly minFreeBytesPerDrive: number | undefined;
  /** The disk size that the guardrail of 4.1 goes by; undefined where it is the disk's own. */
  readonly diskBytesMax: number | undefined;
  /** Of the guardrail; undefined where it is off. */
  readonly diskWarnPercent: number | undefined;
  readonly diskFailPercent: number | undefined;
  /** Compactions that may wait before 5.0 refuses streams; undefined where it never does. */
  readonly pendingCompactionsMax: number | undefined;
}

/** Reads one value; undefined where it is none. */
type Reader<T> = (text: string) => T | undefined;

const flag: Reader<boolean> = (text) =>
  text === 'true' ? true : text === 'false' ? false : undefined;

const count: Reader<number> = (text) => (/^\d+$/.test(text) ? Number(text) : undefined);

/** 2^31 − 1 and -1 stand for "never". */
const boundedCount: Reader<number> = (text) => {
  const value = count(text);
  return value === undefined || value >= 0x7fff_ffff ? undefined : value;
};

const oneOf =
  <T extends string>(choices: readonly T[]): Reader<T> =>
  (text) =>
    choices.find((choice) => choice === text);

const word: Reader<string> = (text) => (text === '' ? undefined : text);

const unit =
  (pattern: RegExp, factors: Readonly<Record<string, number>>): Reader<number> =>
  (text) => {
    const [, number, name] = pattern.exec(text) ?? [];
    const factor = name === undefined ? undefined : factors[name];
    return number === undefined || factor === undefined ? undefined : Number(number) * factor;
  };

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;
const DAY = 86_400;

/** Value grammar of 4.1 and later (spec: management §5.3). */
const rate = unit(/^(\d+)(MiB\/s|KiB\/s|B\/s)$/, { 'MiB/s': MIB, 'KiB/s': KIB, 'B/s': 1 });
const size = unit(/^(\d+)(GiB|MiB|KiB|B)$/, { GiB: GIB, MiB: MIB, KiB: KIB, B: 1 });
const seconds = unit(/^(\d+)(ms|s|m|h|d)$/, { ms: 0.001, s: 1, m: 60, h: 3600, d: DAY });

/** Plain numbers of 4.0. Its megabits are decimal, and what is not positive is no limit (spec: management §5.4). */
const scaled =
  (factor: number): Reader<number> =>
  (text) =>
    /^-?\d+$/.test(text) ? Math.max(0, Number(text) * factor) : undefined;
const megabits = scaled(125_000);
const mebibytes = scaled(MIB);

interface Setting<T> {
  /** Names with their grammars, the newest first. */
  readonly names: readonly (readonly [name: string, reader: Reader<T>])[];
}

const setting = <T>(...names: Setting<T>['names']): Setting<T> => ({ names });

/** 4.0 calls them `server_encryption_options_…`, 4.1 and later `server_encryption_options.…`. */
const SERVER = 'server_encryption_options';

const SETTINGS: { readonly [K in keyof NodeSettings]: Setting<NonNullable<NodeSettings[K]>> } = {
  streamRate: setting(
    ['stream_throughput_outbound', rate],
    ['stream_throughput_outbound_megabits_per_sec', megabits],
  ),
  interDcStreamRate: setting(
    ['inter_dc_stream_throughput_outbound', rate],
    ['inter_dc_stream_throughput_outbound_megabits_per_sec', megabits],
  ),
  entireStreamRate: setting(['entire_sstable_stream_throughput_outbound', rate]),
  entireInterDcStreamRate: setting(['entire_sstable_inter_dc_stream_throughput_outbound', rate]),
  compactionRate: setting(
    ['compaction_throughput', rate],
    ['compaction_throughput_mb_per_sec', mebibytes],
  ),
  streamsEntireSSTables: setting(['stream_entire_sstables', flag]),
  connectionsPerHost: setting(['streaming_connections_per_host', count]),
  keepAliveSeconds: setting(
    ['streaming_keep_alive_period', seconds],
    ['streaming_keep_alive_period_in_secs', count],
  ),
  concurrentCompactors: setting(['concurrent_compactors', count]),
  rejectsOutOfRange: setting(['reject_out_of_token_range_requests', flag]),
  bulkLoadEnabled: setting(['bulk_load_enabled', flag]),
  internodeEncryption: setting(
    [`${SERVER}.internode_encryption`, oneOf(['none', 'dc', 'rack', 'all'])],
    [`${SERVER}_internode_encryption`, oneOf(['none', 'dc', 'rack', 'all'])],
  ),
  internodeEncryptionOptional: setting([`${SERVER}.optional`, flag], [`${SERVER}_optional`, flag]),
  internodeClientCertificate: setting(
    [`${SERVER}.require_client_auth`, flag],
    [`${SERVER}_client_auth`, flag],
  ),
  storageCompatibilityMode: setting(['storage_compatibility_mode', word]),
  skipsDiskSpaceCheck: setting(['skip_stream_disk_space_check', flag]),
  minFreeBytesPerDrive: setting(
    ['min_free_space_per_drive', size],
    ['min_free_space_per_drive_in_mb', mebibytes],
  ),
  diskBytesMax: setting(['data_disk_usage_max_disk_size', size]),
  diskWarnPercent: setting(['data_disk_usage_percentage_warn_threshold', count]),
  diskFailPercent: setting(['data_disk_usage_percentage_fail_threshold', count]),
  pendingCompactionsMax: setting(['reject_repair_compaction_threshold', boundedCount]),
};

const settingValue = <T>(
  { names }: Setting<T>,
  texts: ReadonlyMap<string, string>,
): T | undefined => {
  for (const [name, reader] of names) {
    const text = texts.get(name);
    const value = text === undefined ? undefined : reader(text);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** Rows `name`, `value` of system_views.settings. */
export const nodeSettingsOf = (rows: readonly Row[]): NodeSettings => {
  const texts = new Map(
    rows.flatMap((row): readonly (readonly [string, string])[] => {
      const [name, value] = [optionalText(row, 'name'), optionalText(row, 'value')];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
  const entries = Object.entries(SETTINGS) as [keyof NodeSettings, Setting<unknown>][];
  return Object.fromEntries(
    entries.map(([field, one]) => [field, settingValue(one, texts)]),
  ) as unknown as NodeSettings;
};
