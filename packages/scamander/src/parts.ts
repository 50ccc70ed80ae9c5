// Control plane. The outside world as it is handed to the front door: time, randomness, networks. The one place where the real ones are
// taken; tests hand in others.
import { randomInt } from 'node:crypto';
import type { ReceiveFileSystem } from '@scamander/sstable-io';
import { type Clock, OutboundThrottle, systemClock } from '@scamander/throttle';
import {
  type fileCrc32,
  type lookAtTls,
  type Transport,
  type TransportError,
  tcpTransport,
  tlsTransport,
} from '@scamander/transport';
import type { LoadRates, TlsOptions } from './load/options.ts';

/** What load and serve need of the world. */
export interface FrontDoorParts {
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Wall clock, milliseconds since the epoch. */
  readonly unixMs: () => number;
  /** The network for internode connections. `onRejected` is told of peers that did not get through TLS where we listen. */
  readonly transport: (
    tls: TlsOptions | undefined,
    onRejected?: (error: TransportError) => void,
  ) => Transport;
  /** The disk that receives. @default node:fs */
  readonly fileSystem?: ReceiveFileSystem;
  /** CRC-32 of files that are to be sent. @default fileCrc32 of the transport */
  readonly sourceCrc32?: typeof fileCrc32;
  /** The certificates of a port. @default lookAtTls of the transport */
  readonly lookAtTls?: typeof lookAtTls;
}

const RANDOM_STEPS = 2 ** 47;

/** The machine's clock, randomness and TCP or TLS. */
export const systemParts: FrontDoorParts = {
  clock: systemClock,
  random: () => randomInt(0, RANDOM_STEPS) / RANDOM_STEPS,
  unixMs: () => Date.now(),
  transport: (tls, onRejected) =>
    tls === undefined
      ? tcpTransport({ clock: systemClock })
      : tlsTransport({
          clock: systemClock,
          ...tls,
          ...(onRejected === undefined ? {} : { onRejected }),
        }),
};

/** The limits of one job; what is not said is unlimited. Close it with the job. */
export const throttleFor = (
  { clock }: Pick<FrontDoorParts, 'clock'>,
  rates: Partial<LoadRates> | undefined,
): OutboundThrottle =>
  new OutboundThrottle(
    { clock },
    { outbound: 0, interDc: 0, entire: 0, interDcEntire: 0, ...rates },
  );
