// Control plane. The address we call ourselves where none was given. Called by every job that streams; pure.
import type { Endpoint } from '@scamander/wire-codec';

const STORAGE_PORT = 7000;

/** An address for ourselves that is no node's: a node that is called by its own name answers nothing (spec: streaming-4.0-plus §2.5). */
export const announcedEndpoint = (
  localHost: string,
  nodes: readonly { readonly endpoint: Endpoint }[],
): Endpoint => {
  let port = STORAGE_PORT;
  while (nodes.some(({ endpoint }) => endpoint.host === localHost && endpoint.port === port))
    port += 1;
  return { host: localHost, port };
};
