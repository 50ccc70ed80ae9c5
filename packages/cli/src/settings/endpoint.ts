// Control plane. HOST[:PORT] texts. Called by every command that names hosts; pure.
import { isIP } from 'node:net';
import type { Endpoint } from '@scamander/scamander';
import { type Either, left, right } from 'fp-ts/lib/Either.js';

const PORT_MAX = 65_535;

const withPort = (
  host: string,
  portText: string | undefined,
  defaultPort: number,
  whole: string,
  portMin: number,
): Either<string, Endpoint> => {
  if (host === '') return left(`"${whole}" names no host`);
  if (portText === undefined) return right({ host, port: defaultPort });
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port < portMin || port > PORT_MAX)
    return left(`"${whole}": the port must be ${portMin} to ${PORT_MAX}`);
  return right({ host, port });
};

/** `10.0.0.1`, `10.0.0.1:9042`, `node.example`, `::1`, `[::1]:9042`. A `portMin` of 0 lets a listener pick a free port. */
export const parseEndpoint = (
  text: string,
  defaultPort: number,
  portMin = 1,
): Either<string, Endpoint> => {
  const trimmed = text.trim();
  if (isIP(trimmed) === 6) return right({ host: trimmed, port: defaultPort });
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(trimmed);
  if (bracketed !== null)
    return withPort(bracketed[1] ?? '', bracketed[2], defaultPort, trimmed, portMin);
  const [host = '', port, ...rest] = trimmed.split(':');
  return rest.length > 0
    ? left(`"${trimmed}" is neither HOST nor HOST:PORT`)
    : withPort(host, port, defaultPort, trimmed, portMin);
};

/** A comma separated list; at least one. */
export const parseEndpoints = (
  text: string,
  defaultPort: number,
): Either<string, readonly Endpoint[]> => {
  const endpoints: Endpoint[] = [];
  for (const part of text.split(',')) {
    const endpoint = parseEndpoint(part, defaultPort);
    if (endpoint._tag === 'Left') return endpoint;
    endpoints.push(endpoint.right);
  }
  return right(endpoints);
};
