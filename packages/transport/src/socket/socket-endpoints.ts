// Control plane. The addresses of a socket as endpoints. Called by the TCP and TLS transports. Pure.
import type { Socket } from 'node:net';
import type { Endpoint } from '@scamander/wire-codec';

/** A dual-stack listener names IPv4 peers `::ffff:a.b.c.d`. */
const plainHost = (host: string | undefined): string => (host ?? '').replace(/^::ffff:(?=\d)/i, '');

/** Our side. */
export const localEndpoint = (socket: Socket): Endpoint => ({
  host: plainHost(socket.localAddress),
  port: socket.localPort ?? 0,
});

/** The other side. */
export const remoteEndpoint = (socket: Socket): Endpoint => ({
  host: plainHost(socket.remoteAddress),
  port: socket.remotePort ?? 0,
});
