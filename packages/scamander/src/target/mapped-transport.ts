// Control plane. A transport that dials another address than the one a node is known by (--address-map, --storage-port behind NAT).
// Called by load: sessions keep speaking of nodes by their announced address, as the protocol wants it.
import { parseInet } from '@scamander/bytes';
import type { Transport } from '@scamander/transport';
import { type Endpoint, endpointText } from '@scamander/wire-codec';

/** Dials what the map says; an endpoint it does not name is dialled as it is. */
export const mappedTransport = (
  inner: Transport,
  dial: ReadonlyMap<string, Endpoint>,
): Transport => ({
  name: inner.name,
  connect: (to, options) => inner.connect(dial.get(endpointText(to)) ?? to, options),
  listen: (at) => inner.listen(at),
});

/** The reachable address of an announced one; entries name `host` or `host:port`. */
export const reachable = (
  announced: Endpoint,
  map: ReadonlyMap<string, string> | undefined,
): Endpoint => {
  const exact = map?.get(endpointText(announced));
  const byHost = map?.get(announced.host);
  const text = exact ?? byHost;
  if (text === undefined) return announced;
  // A bare IPv6 address has colons of its own, so it can't carry a port.
  if (parseInet(text) !== undefined) return { host: text, port: announced.port };
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(text);
  return {
    host: match?.[1] ?? text,
    port: match?.[2] === undefined ? announced.port : Number(match[2]),
  };
};
