// Control plane. Flags as commander sees them, and those that every command has. Called by program.ts and
// the files beside it.
import { type Command, Option } from 'commander';

/** A flag that may also come from SCAMANDER_<NAME>. */
export const flag = (flags: string, description: string, fallback?: string): Option => {
  const option = new Option(flags, description);
  const name = (option.long ?? '')
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase();
  option.env(`SCAMANDER_${name}`);
  return fallback === undefined ? option : option.default(fallback);
};

/** Flags that mean the same everywhere. */
export const commonFlags = (command: Command): Command =>
  command
    .addOption(
      flag(
        '--config <file>',
        'YAML file with the same names as the flags; flags and environment stand over it',
      ),
    )
    .addOption(
      flag('--json', 'JSON lines on stdout: every event as one object, the last one the result'),
    )
    .addOption(flag('--quiet', 'no news on stderr, only errors'))
    .addOption(flag('--verbose', 'more news on stderr'))
    .option('--no-color', 'plain text (also NO_COLOR)');

/** How often something that failed is tried again; the values are those of the front door (settings/retry-flags.ts, and its test). */
export const retryFlags = (command: Command): Command =>
  command
    .addOption(
      flag('--retries <n>', 'tries after the first, as long as nothing gets on; 0 = none', '4'),
    )
    .addOption(
      flag('--retry-delay <seconds>', 'wait before the second try; longer each time', '1'),
    );

/** What acknowledges, for an exit code of 0. */
export const consistencyFlag = (): Option =>
  flag(
    '--consistency <level>',
    'ONE, QUORUM, LOCAL_QUORUM, EACH_QUORUM or ALL: reached but incomplete is exit code 5',
    'QUORUM',
  );

/** Where every node listens alike. */
export const storagePortFlag = (): Option =>
  flag(
    '--storage-port <n>',
    'port of internode connections, where it is not what the cluster says',
  );

/** Which part of the ring. */
export const rangesFlag = (): Option =>
  flag('--ranges <list>', 'token ranges LO:HI, (LO, HI], comma separated');

/** Which replicas. */
export const replicaFlags = (command: Command): Command =>
  command
    .addOption(flag('--dc <name>', 'replicas of this datacenter only'))
    .addOption(flag('--rack <name>', 'replicas of this rack only'))
    .addOption(flag('--only <hosts>', 'these replicas only'))
    .addOption(flag('--ignore <hosts>', 'not these replicas'))
    .addOption(flag('--primary-only', 'the first replica of each range only'));

/** How fast. `of` says what is limited, in front of how a rate is written; `beyond` names what goes between datacenters. */
export const rateFlags = (
  command: Command,
  { of = '', beyond }: { readonly of?: string; readonly beyond: string },
): Command =>
  command
    .addOption(flag('--throttle <rate>', `${of}50MiB/s, 200Mb/s; 0 = unlimited`))
    .addOption(flag('--inter-dc-throttle <rate>', `the same, ${beyond} other datacenters`))
    .addOption(
      flag(
        '--entire-throttle <rate>',
        'the same, for whole SSTables; --throttle where it is absent',
      ),
    );

/** How nodes are spoken to, and under which addresses. */
export const speakingFlags = (command: Command): Command =>
  command
    .addOption(flag('--protocol <version>', 'auto, 12, 13 or 14', 'auto'))
    .addOption(flag('--address-map <file>', 'lines ANNOUNCED REACHABLE'));

/** How long, and whether, nodes are listened to. */
export const patienceFlags = (command: Command): Command =>
  command
    .option('--no-gossip', 'do not ask for joining, moving and leaving nodes')
    .addOption(flag('--silence-timeout <seconds>', 'how long a node may be silent', '60'));

/** How nodes are asked, and how they reach us. */
export const askingFlags = (command: Command): Command => {
  retryFlags(command)
    .option('--no-cql', 'the nodes are embedded ones without CQL: HOST[:STORAGE_PORT]')
    .addOption(storagePortFlag())
    .addOption(
      flag('--listen <addr>', 'ADDR[:PORT] to listen on: nodes send over connections of their own'),
    )
    .addOption(
      flag(
        '--announce <addr>',
        'ADDR[:PORT] that nodes are told to dial, where it is another (NAT, containers)',
      ),
    )
    .addOption(
      flag(
        '--dial-back-timeout <seconds>',
        'how long a node may take to dial us the first time',
        '10',
      ),
    );
  return patienceFlags(speakingFlags(command));
};

/** Where data come from and how its nodes reach us; the values are those of settings/source-flags.ts. */
export const sourceFlags = (command: Command): Command => {
  command.addOption(
    flag(
      '--from <hosts>',
      'contact points, HOST[:CQL_PORT], comma separated; the rest is discovered',
    ),
  );
  replicaFlags(command)
    .addOption(flag('--all-replicas', 'every replica of each range, not one'))
    .addOption(rangesFlag());
  return askingFlags(command);
};

/** TLS on the storage port. */
export const tlsFlags = (command: Command): Command =>
  command
    .addOption(flag('--tls', 'TLS on the storage port'))
    .addOption(flag('--tls-ca <file>', 'PEM file with the authorities to trust'))
    .addOption(flag('--tls-cert <file>', 'PEM file with our certificate'))
    .addOption(flag('--tls-key <file>', 'PEM file with its key'))
    .addOption(flag('--tls-server-name <name>', 'name the peer’s certificate must be valid for'))
    .addOption(flag('--tls-insecure', 'accept any certificate'));

/** The CQL port: login and TLS. */
export const cqlFlags = (command: Command): Command =>
  command
    .addOption(
      flag(
        '--user <name>',
        'CQL login; the password comes from --password-file or SCAMANDER_PASSWORD',
      ),
    )
    .addOption(flag('--password-file <file>', 'file that holds the CQL password'))
    .addOption(
      flag(
        '--cql-tls',
        'TLS on the CQL port; the --tls files serve both ports unless these differ',
      ),
    )
    .option('--no-cql-tls', 'plaintext CQL although the storage port uses TLS')
    .addOption(flag('--cql-tls-ca <file>', 'as --tls-ca, for CQL'))
    .addOption(flag('--cql-tls-cert <file>', 'as --tls-cert, for CQL'))
    .addOption(flag('--cql-tls-key <file>', 'as --tls-key, for CQL'))
    .addOption(flag('--cql-tls-server-name <name>', 'as --tls-server-name, for CQL'))
    .addOption(flag('--cql-tls-insecure', 'as --tls-insecure, for CQL'));
