// Control plane. Ids of the verbs this package knows (spec: repair §6.7; Verb). Called by whoever sends or names a message.

/** Verb ids of gossip, schema and echo messages, and their answers. */
export const VERBS = {
  GOSSIP_DIGEST_SYN: 14,
  GOSSIP_DIGEST_ACK: 15,
  GOSSIP_DIGEST_ACK2: 16,
  SCHEMA_VERSION_REQ: 20,
  SCHEMA_PULL_REQ: 28,
  GOSSIP_SHUTDOWN: 29,
  ECHO_REQ: 31,
  PING_REQ: 37,
  SCHEMA_VERSION_RSP: 80,
  SCHEMA_PULL_RSP: 88,
  ECHO_RSP: 91,
  PING_RSP: 97,
  FAILURE_RSP: 99,
} as const;

/** Bits of a message's flags. */
export const MESSAGE_FLAGS = {
  CALL_BACK_ON_FAILURE: 1,
  TRACK_REPAIRED_DATA: 2,
  TRACK_WARNINGS: 4,
} as const;

/** Connection types; a message travels on the one of its priority and size, its answer on the answerer's own (spec: repair §6.7). */
export const CONNECTION_CATEGORIES = { LEGACY: 0, URGENT: 1, SMALL: 2, LARGE: 3 } as const;
