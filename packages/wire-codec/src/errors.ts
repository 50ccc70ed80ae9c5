// Control plane. Everything that can be wrong with bytes from a peer. Called by the codecs and by whoever reports.

/** Why bytes are not a message. `offset` counts from the first byte of the message. */
export type CodecErrorType =
  | { readonly code: 'SCM_WIRE_UNKNOWN_MESSAGE'; readonly typeId: number; readonly offset: number }
  | { readonly code: 'SCM_WIRE_BAD_MAGIC'; readonly found: number; readonly offset: number }
  | {
      readonly code: 'SCM_WIRE_BAD_CRC';
      readonly expected: number;
      readonly found: number;
      readonly offset: number;
    }
  | {
      readonly code: 'SCM_WIRE_TOO_LONG';
      readonly field: string;
      readonly value: bigint;
      readonly limit: bigint;
      readonly offset: number;
    }
  | {
      readonly code: 'SCM_WIRE_BAD_VALUE';
      readonly field: string;
      readonly found: string;
      readonly expected: string;
      readonly offset: number;
    }
  | {
      readonly code: 'SCM_WIRE_PEER_TOO_OLD';
      readonly requested: number;
      readonly min: number;
      readonly max: number;
      readonly offset: number;
    }
  | {
      readonly code: 'SCM_WIRE_VERSION_MISMATCH';
      readonly offered: readonly [number, number];
      readonly accepted: readonly [number, number];
      readonly offset: number;
    };

/** One sentence for people. */
export const codecErrorMessage = (error: CodecErrorType): string => {
  switch (error.code) {
    case 'SCM_WIRE_UNKNOWN_MESSAGE':
      return `unknown stream message type ${error.typeId}`;
    case 'SCM_WIRE_BAD_MAGIC':
      return `not an internode connection: magic 0x${error.found.toString(16)} instead of 0xca552dfa`;
    case 'SCM_WIRE_BAD_CRC':
      return `checksum 0x${error.found.toString(16)} instead of 0x${error.expected.toString(16)}`;
    case 'SCM_WIRE_TOO_LONG':
      return `${error.field} is ${error.value}, the limit is ${error.limit}`;
    case 'SCM_WIRE_BAD_VALUE':
      return `${error.field} is ${error.found}, expected ${error.expected}`;
    case 'SCM_WIRE_PEER_TOO_OLD':
      return `the peer speaks a protocol before 4.0 (requested ${error.requested}, accepts ${error.min} to ${error.max})`;
    case 'SCM_WIRE_VERSION_MISMATCH':
      return `no common version: offered ${error.offered.join('-')}, accepted ${error.accepted.join('-')}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link CodecErrorType}. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: CodecErrorType['code'];
  readonly detail: CodecErrorType;

  constructor(detail: CodecErrorType) {
    super(`${codecErrorMessage(detail)} (at byte ${detail.offset})`);
    this.code = detail.code;
    this.detail = detail;
  }
}
