// Control plane. --tls… and --cql-tls… flags to PEM texts. Called by load and serve.
import { readFileSync } from 'node:fs';
import type { ScamanderErrorType, TlsOptions } from '@scamander/scamander';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { usageError } from './usage-error.ts';

/** The flags of one set, as commander names them, without prefix. */
export interface TlsFlags {
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly tlsInsecure?: boolean;
}

/** Undefined where no flag asks for TLS. A certificate without its key, or the other way round, is refused. */
export const tlsOptions = (flags: TlsFlags): Either<ScamanderErrorType, TlsOptions | undefined> => {
  const { tls, tlsCa, tlsCert, tlsKey, tlsServerName, tlsInsecure } = flags;
  const wanted =
    tls === true ||
    [tlsCa, tlsCert, tlsKey, tlsServerName].some((value) => value !== undefined) ||
    tlsInsecure === true;
  if (!wanted) return right(undefined);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    return left(usageError('a certificate and its key go together', '--tls-cert, --tls-key'));
  }
  try {
    const read = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : readFileSync(path, 'utf8');
    const [ca, cert, key] = [read(tlsCa), read(tlsCert), read(tlsKey)];
    return right({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
      ...(tlsInsecure === undefined ? {} : { insecure: tlsInsecure }),
    });
  } catch (error) {
    return left(
      usageError(
        error instanceof Error ? error.message : String(error),
        '--tls-ca, --tls-cert, --tls-key',
        'give paths of readable PEM files',
      ),
    );
  }
};
