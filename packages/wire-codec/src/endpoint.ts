// Control plane. How nodes name each other on the wire. Called by every layer from the codec up.

/** An IP address (text form, no brackets) and a TCP port. Nodes are identified by both (spec: streaming-4.0-plus §2.2.4). */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.9:7000`, `[::1]:7000`: for messages, logs and map keys. */
export const endpointText = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** True when both name the same address and port. */
export const sameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a.port === b.port && a.host === b.host;
