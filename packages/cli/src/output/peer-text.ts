// Control plane. A peer in words. Called by news and progress; pure.

/** `10.0.0.1:7000`, `[fd00::1]:7000`. */
export const peerText = ({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
