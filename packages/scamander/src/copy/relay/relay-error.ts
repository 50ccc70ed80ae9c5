// Control plane. Why a file could not be handed on. Thrown inside a relay, where the session turns it into the failure of its file; its code stays.

/** One closed list. */
export type RelayErrorCode =
  /** No replica is left that takes it. */
  | 'SCM_COPY_NO_REPLICA'
  /** Its own digest says that the source's bytes are damaged. */
  | 'SCM_COPY_DIGEST'
  /** The payload is not what its header says. */
  | 'SCM_COPY_PAYLOAD'
  /** It was given up. */
  | 'SCM_COPY_GIVEN_UP';

/** See the head of this file. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: RelayErrorCode;

  constructor(code: RelayErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
