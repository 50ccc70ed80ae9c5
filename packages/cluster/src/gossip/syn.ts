// Control plane. What we offer and what we ask. Called by the exchange.
import { encodeGossipDigestSyn, MESSAGING_VERSIONS } from '@scamander/wire-codec';

/** 12 and 13; 6.0 answers them too, and its own version 14 would want an id in the SYN that an outsider can't know. */
export const OFFERED_VERSIONS = MESSAGING_VERSIONS;

/** A SYN without digests: "tell me everything" (spec: gossip §5). */
export const synPayload = (clusterName: string, partitioner: string): Uint8Array =>
  encodeGossipDigestSyn({ clusterName, partitioner, digests: [] });
