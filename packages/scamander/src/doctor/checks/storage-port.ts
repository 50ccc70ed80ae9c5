// Control plane. Is the storage port reachable, does it speak TLS as we were told to, and which versions does it take? Called by all-checks.ts;
// pure. (spec: streaming-4.0-plus §1.1, §1.5)
import { transportErrorMessage } from '@scamander/transport';
import { endpointText } from '@scamander/wire-codec';
import type { Finding } from '../doctor-types.ts';
import type { DialAnswer, DoctorFacts, NodeFacts, StorageFacts } from '../facts.ts';
import { found, type Said } from '../finding.ts';
import { timeText } from '../words.ts';
import { isDown } from './node-down.ts';

const reason = (answer: DialAnswer | undefined): string =>
  answer?.kind === 'failed' ? transportErrorMessage(answer.error) : 'it answers';

/** The way that the options ask for. */
export const askedWay = ({ options }: DoctorFacts, { plain, secure }: StorageFacts) =>
  options.tls === undefined ? plain : secure;

const unreachable = (node: NodeFacts): Finding => {
  const { storage } = node;
  const finding =
    node.state?.alive === true
      ? 'it is up, but its storage port is not reached from here'
      : 'its storage port is not reached';
  return found('storage-port', 'critical', node.node, {
    finding: `${finding}: nothing can be streamed to or from it`,
    evidence: reason(storage.plain),
    remedy:
      'open the firewall to the storage port; give --storage-port or --address-map where it is reached under another address',
  });
};

/** Reachability alone; what it takes to be let in is the mode's matter. */
export const checkStoragePort = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { storage } = node;
  if (isDown(node)) return [];
  if (storage.secure === undefined) return [unreachable(node)];
  const asked = askedWay(facts, storage);
  if (asked?.kind !== 'answered') return [];
  return [
    found('storage-port', 'ok', node.node, {
      finding: 'its storage port answers the streaming handshake',
      evidence: `${endpointText(storage.dialled)}, version ${asked.version}, ${timeText(asked.ms)}`,
    }),
  ];
};

const problemOf = (answer: DialAnswer | undefined): string | undefined =>
  answer?.kind === 'failed' && answer.error.code === 'SCM_NET_TLS'
    ? answer.error.problem
    : undefined;

/** Whether the node asks who connects: it lets nobody in who shows nothing, but shows its own certificates. */
const demandsOurs = ({ secure, withoutCertificate, certificates }: StorageFacts): boolean =>
  certificates?.kind === 'seen' && (withoutCertificate ?? secure)?.kind === 'failed';

const demandText = (storage: StorageFacts): string =>
  demandsOurs(storage) ? ', and it demands a client certificate' : '';

const modeText = (storage: StorageFacts): string => {
  const plain = storage.plain.kind === 'answered';
  const secure = storage.secure?.kind === 'answered' || storage.certificates?.kind === 'seen';
  if (plain && secure) return `plaintext and TLS are both taken${demandText(storage)}`;
  if (secure) return `TLS is required${demandText(storage)}`;
  return plain ? 'plaintext only' : 'neither plaintext nor TLS is taken';
};

const remedyFor = (facts: DoctorFacts, storage: StorageFacts): string => {
  const isPlain = storage.plain.kind === 'answered';
  if (facts.options.tls === undefined)
    return demandsOurs(storage)
      ? 'give --tls with --tls-ca, --tls-cert and --tls-key'
      : 'give --tls with --tls-ca, and --tls-cert and --tls-key where it asks for a certificate';
  switch (problemOf(storage.secure)) {
    case 'no-tls':
    case 'closed':
      return isPlain
        ? 'leave --tls out: the port speaks plaintext only (internode_encryption: none)'
        : 'look at the node’s log';
    case 'certificate-required':
      return 'give --tls-cert and --tls-key';
    case 'certificate-rejected':
      return 'give a certificate that the node’s truststore trusts';
    case 'untrusted':
      return 'give the authority of the node’s certificate as --tls-ca';
    case 'expired':
      return 'renew the node’s certificate';
    case 'wrong-name':
      return 'give --tls-server-name with a name of the certificate';
    default:
      return isPlain ? 'leave --tls out, or look at the node’s log' : 'look at the node’s log';
  }
};

const settingsText = ({ cql }: NodeFacts): string => {
  const settings = cql?.kind === 'answered' ? cql.report?.settings : undefined;
  if (settings?.internodeEncryption === undefined) return '';
  const optional = settings.internodeEncryptionOptional === true ? ', optional' : '';
  return `; its settings say internode_encryption: ${settings.internodeEncryption}${optional}`;
};

const refusedSaid = (facts: DoctorFacts, { storage }: NodeFacts, mode: string): Said => ({
  finding:
    facts.options.tls === undefined
      ? `it will not talk plaintext to us: ${mode}`
      : `TLS with it fails as it is set up: ${mode}`,
  evidence: reason(askedWay(facts, storage)),
  remedy: remedyFor(facts, storage),
});

/** Plaintext, TLS, or both; and whether what we were told to speak is among them. */
export const checkTlsMode = (facts: DoctorFacts, node: NodeFacts): readonly Finding[] => {
  const { storage } = node;
  if (storage.secure === undefined) return [];
  const mode = modeText(storage);
  if (askedWay(facts, storage)?.kind !== 'answered') {
    const said = refusedSaid(facts, node, mode);
    const evidence = `${said.evidence}${settingsText(node)}`;
    return [found('tls-mode', 'critical', node.node, { ...said, evidence })];
  }
  const evidence = `without TLS: ${reason(storage.plain)}; with TLS: ${reason(storage.secure)}${settingsText(node)}`;
  const plainBeside = facts.options.tls === undefined && mode.startsWith('plaintext and TLS');
  if (plainBeside)
    return [
      found('tls-mode', 'info', node.node, {
        finding: `its storage port: ${mode}; we were told to speak plaintext`,
        evidence,
        remedy:
          'a node that takes TLS may dial back with it: a pull then needs --tls with a certificate of ours',
      }),
    ];
  return [found('tls-mode', 'ok', node.node, { finding: `its storage port: ${mode}`, evidence })];
};
