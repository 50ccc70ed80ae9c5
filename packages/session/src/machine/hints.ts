// Control plane. What a bare SESSION_FAILED, a lost connection or a silence most likely means, from where the session stood: the protocol carries no
// reason (spec: streaming-4.0-plus §5.1, §6.7). Called by the rest of the machine for errors. Pure text.
import { endpointText } from '@scamander/wire-codec';
import type { Session } from './model.ts';

const capitalsMeanNothing = (operation: string): string => operation.toLowerCase();

/** Where the session stands, as the end of a sentence: "failed the session …", "was lost …". */
export const during = (session: Session): string => {
  const { sending, receiving } = session;
  switch (session.phase) {
    case 'created':
    case 'dialling':
      return 'before the session began';
    case 'await-syn':
      return 'before PREPARE_SYN';
    case 'await-synack':
      return 'before PREPARE_SYNACK';
    case 'selecting':
    case 'preparing':
      return 'while the session was prepared';
    case 'closing':
    case 'closed':
      return 'after the session ended';
    case 'streaming': {
      if (session.ackAwaited) return 'before PREPARE_ACK';
      const receivingNow = [...receiving.tables.values()].some(
        (table) => table.finished < table.announced,
      );
      if (sending.acknowledged < sending.files.length)
        return `while it was receiving (${sending.acknowledged} of ${sending.files.length} files acknowledged)`;
      if (receivingNow) return `while it was sending (${receiving.filesSeen} files begun)`;
      if (sending.files.length > 0) return 'while it was finishing what it received';
      return 'while what it sent was finished here';
    }
    default: {
      const never: never = session.phase;
      return never;
    }
  }
};

const prepareHint = (session: Session): string => {
  const { identity, requests, sending } = session;
  const reasons: string[] = [];
  if (
    session.version === 14 &&
    capitalsMeanNothing(identity.operation) === 'bulk load' &&
    requests.length === 0
  )
    reasons.push('bulk loading may be disabled on the node (guardrail bulk_load_enabled, 6.0)');
  if (sending.files.length > 0 || requests.length > 0)
    reasons.push('the node may not know one of the tables');
  if (requests.length > 0)
    reasons.push(
      'or a requested range is not its own (4.0.19, 4.1.10 and 6.0 refuse, 5.0 by option)',
    );
  if (capitalsMeanNothing(identity.operation) === 'repair')
    reasons.push('or it lacks the disk space the files need (5.0 checks it for repairs)');
  return reasons.join('; ');
};

const receivingHint = (session: Session): string => {
  const started = session.sending.files.slice(0, session.sending.next);
  const reasons = ['a disk of the node may be full', 'or the table differs from its schema'];
  if (started.some((file) => !file.entire))
    reasons.push(
      'or a partition lies outside its ranges (4.0.19, 4.1.10 and 6.0 refuse, 5.0 by option)',
      'or partitions are out of order or a chunk is damaged',
    );
  if (started.some((file) => file.entire))
    reasons.push(
      'or a component, such as Statistics.db, is damaged or of a version it cannot read',
    );
  reasons.push('its log has the reason');
  return reasons.join('; ');
};

const finishingHint = (session: Session): string => {
  if (session.sending.files.some((file) => file.entire))
    return 'it could not open what it received: a component missing or damaged, another partitioner, or a table with SAI indexes whose files were not sent; its log has the reason';
  return 'it could not add what it received to the table; its log has the reason';
};

const streamingHint = (session: Session): string => {
  const { identity, sending, receiving } = session;
  if (sending.next > 0 && sending.acknowledged < sending.files.length)
    return receivingHint(session);
  if (receiving.tables.size > 0 && receiving.filesSeen === 0 && identity.role === 'initiator')
    return `it may not reach us at ${endpointText(identity.local)} (it dials that address to send)`;
  if (sending.files.length > 0 && sending.acknowledged === sending.files.length)
    return finishingHint(session);
  return '';
};

/** What SESSION_FAILED most likely means here; empty where nothing can be said. */
export const failureHint = (session: Session): string => {
  switch (session.phase) {
    case 'await-synack':
      return prepareHint(session);
    case 'preparing':
    case 'streaming':
      return streamingHint(session);
    case 'created':
    case 'dialling':
    case 'await-syn':
    case 'selecting':
    case 'closing':
    case 'closed':
      return '';
    default: {
      const never: never = session.phase;
      return never;
    }
  }
};

/** What a closed connection most likely means here, to follow its reason; empty where nothing can be said. */
export const lossHint = (session: Session): string => {
  if (session.phase !== 'await-synack') return '';
  return 'nodes close without a word on a message they cannot read; their log has the reason';
};

/** What the silence most likely means. */
export const silenceHint = (
  session: Session,
  wait: 'PREPARE_SYN' | 'PREPARE_SYNACK' | 'PREPARE_ACK' | 'RECEIVED' | 'COMPLETE' | 'STREAM',
): string => {
  switch (wait) {
    case 'PREPARE_SYNACK':
      return session.requests.length > 0
        ? 'the node may not know the keyspace (it then never answers), or it is still flushing'
        : 'the node may be overloaded, or not a node at all';
    case 'RECEIVED':
      return `the node may have dropped the file: it must know us as ${endpointText(session.identity.local)}`;
    case 'COMPLETE':
      return 'the node acknowledged everything and may still be building indexes, or counts other files than were announced';
    case 'STREAM':
      return session.identity.role === 'initiator'
        ? `the node sends fewer files than it announced, or cannot reach us at ${endpointText(session.identity.local)}`
        : 'the sender announced more files than it sends';
    case 'PREPARE_SYN':
    case 'PREPARE_ACK':
      return 'the initiator began a session and did not go on';
    default: {
      const never: never = wait;
      return never;
    }
  }
};
