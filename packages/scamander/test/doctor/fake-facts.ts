// Facts of a healthy cluster, of which a test changes what it is about. Called by the tests of this folder only.
import type { GossipState, NodeInfo, NodeSettings, SelfReport } from '@scamander/cluster';
import type { RingNode } from '@scamander/ring';
import type { TlsView } from '@scamander/transport';
import type {
  CqlFacts,
  DialAnswer,
  DoctorFacts,
  NodeFacts,
  StorageFacts,
} from '../../src/doctor/facts.ts';

/** 2026-11-29, noon. */
export const NOW_MS = Date.UTC(2026, 10, 29, 12);
export const DAY_MS = 86_400_000;
const MIB = 1024 ** 2;

export const settings: NodeSettings = {
  streamRate: 24 * MIB,
  interDcStreamRate: 24 * MIB,
  entireStreamRate: 24 * MIB,
  entireInterDcStreamRate: 24 * MIB,
  compactionRate: 64 * MIB,
  streamsEntireSSTables: true,
  connectionsPerHost: 1,
  keepAliveSeconds: 300,
  concurrentCompactors: 2,
  rejectsOutOfRange: false,
  bulkLoadEnabled: undefined,
  internodeEncryption: 'none',
  internodeEncryptionOptional: false,
  internodeClientCertificate: false,
  storageCompatibilityMode: undefined,
  skipsDiskSpaceCheck: false,
  minFreeBytesPerDrive: 50 * MIB,
  diskBytesMax: undefined,
  diskWarnPercent: undefined,
  diskFailPercent: undefined,
  pendingCompactionsMax: undefined,
};

export const report: SelfReport = {
  settings,
  streams: [],
  tasks: [],
  hints: [],
  pools: [{ name: 'CompactionExecutor', active: 0, pending: 0 }],
  usedBytes: 300 * MIB,
  unread: [],
};

const at = (index: number) => ({ host: `10.0.0.${index}`, port: 7000 });

export const answered = (version: 12 | 13 | 14 = 12): DialAnswer => ({
  kind: 'answered',
  version,
  ms: 3,
});

/** A dial that failed, as the transport says it. */
export const failed = (
  error: Extract<DialAnswer, { kind: 'failed' }>['error'],
): Extract<DialAnswer, { kind: 'failed' }> => ({ kind: 'failed', error });

export const refusedDial = failed({ code: 'SCM_NET_REFUSED', peer: '10.0.0.1:7000' });
export const noTls = failed({
  code: 'SCM_NET_TLS',
  peer: '10.0.0.1:7000',
  reason: 'it hung up inside the TLS handshake: it probably speaks no TLS',
  problem: 'closed',
});
export const tlsRequired = failed({
  code: 'SCM_NET_TLS_REQUIRED',
  peer: '10.0.0.1:7000',
  reason: 'it closed the connection without a byte',
});
/** A TLS failure of this kind. */
export const tlsFailed = (problem: 'certificate-required' | 'certificate-rejected' | 'untrusted') =>
  failed({ code: 'SCM_NET_TLS', peer: '10.0.0.1:7000', reason: problem, problem });

/** A chain of two that holds. */
export const view = (change: Partial<TlsView> = {}, days = 300): TlsView => ({
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  chain: [
    {
      subject: 'CN=node1',
      issuer: 'CN=Troy CA',
      names: ['DNS:node1', 'IP Address:10.0.0.1'],
      validFromMs: NOW_MS - DAY_MS,
      validToMs: NOW_MS + days * DAY_MS,
      fingerprint256: 'AA',
    },
    {
      subject: 'CN=Troy CA',
      issuer: 'CN=Troy CA',
      names: [],
      validFromMs: NOW_MS - DAY_MS,
      validToMs: NOW_MS + 1000 * DAY_MS,
      fingerprint256: 'BB',
    },
  ],
  untrusted: undefined,
  wrongName: undefined,
  ...change,
});

export const storage = (change: Partial<StorageFacts> = {}): StorageFacts => ({
  dialled: at(1),
  plain: answered(),
  secure: noTls,
  withoutCertificate: undefined,
  certificates: noTls,
  taken: [12],
  ...change,
});

const info = (index: number): NodeInfo => ({
  endpoint: at(index),
  listen: undefined,
  native: { host: `10.0.0.${index}`, port: 9042 },
  hostId: `id-${index}`,
  dc: 'dc1',
  rack: 'r1',
  releaseVersion: '4.1.10',
  schemaVersion: 'schema-1',
  tokens: [BigInt(index)],
});

export const state = (index: number, change: Partial<GossipState> = {}): GossipState => ({
  endpoint: at(index),
  generation: 100,
  heartbeatVersion: 7,
  status: { state: 'NORMAL', pieces: [String(index)] },
  tokens: [BigInt(index)],
  hostId: `id-${index}`,
  dc: 'dc1',
  rack: 'r1',
  releaseVersion: '4.1.10',
  schemaVersion: 'schema-1',
  sstableVersions: ['big-nb'],
  diskUsage: undefined,
  alive: true,
  ...change,
});

export const ringNode = (index: number, change: Partial<RingNode> = {}): RingNode => ({
  endpoint: at(index),
  hostId: `id-${index}`,
  dc: 'dc1',
  rack: 'r1',
  tokens: [BigInt(index)],
  status: 'normal',
  alive: true,
  ...change,
});

/** What a node tells over CQL, with this report. */
export const told = (change: Partial<SelfReport> = {}): CqlFacts => ({
  kind: 'answered',
  dialled: { host: '10.0.0.1', port: 9042 },
  clock: { offsetMs: 0.5, uncertaintyMs: 1 },
  report: { ...report, ...change },
  certificates: undefined,
});

/** The same with these settings. */
export const toldSettings = (change: Partial<NodeSettings>): CqlFacts =>
  told({ settings: { ...settings, ...change } });

export const node = (index = 1, change: Partial<NodeFacts> = {}): NodeFacts => ({
  node: `10.0.0.${index}:7000`,
  info: info(index),
  state: state(index),
  ringNode: ringNode(index),
  storage: storage(),
  cql: told(),
  dialBack: { kind: 'reached', announced: '10.0.0.99:7000' },
  ...change,
});

/** The node as CQL lists it, in another release or with another schema. */
export const infoOf = (index: number, change: Partial<NodeInfo>): NodeInfo => ({
  ...info(index),
  ...change,
});

export const facts = (change: Partial<DoctorFacts> = {}): DoctorFacts => ({
  options: { target: { kind: 'cluster', contactPoints: [{ host: '10.0.0.1', port: 9042 }] } },
  cluster: 'troy',
  nowMs: NOW_MS,
  contactError: undefined,
  nodes: [node()],
  gossipSilent: false,
  backup: undefined,
  ...change,
});
