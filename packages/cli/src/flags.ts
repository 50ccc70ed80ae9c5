// Control plane. Flags as commander sees them, and those that every command has. Called by program.ts and sstable-program.ts.
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

/** Where data come from and how its nodes reach us; the values are those of settings/source-flags.ts. */
export const sourceFlags = (command: Command): Command =>
  retryFlags(command)
    .addOption(
      flag(
        '--from <hosts>',
        'contact points, HOST[:CQL_PORT], comma separated; the rest is discovered',
      ),
    )
    .option('--no-cql', 'the sources are embedded nodes without CQL: HOST[:STORAGE_PORT]')
    .addOption(
      flag(
        '--storage-port <n>',
        'port of internode connections, where it is not what the cluster says',
      ),
    )
    .addOption(flag('--dc <name>', 'replicas of this datacenter only'))
    .addOption(flag('--rack <name>', 'replicas of this rack only'))
    .addOption(flag('--only <hosts>', 'these replicas only'))
    .addOption(flag('--ignore <hosts>', 'not these replicas'))
    .addOption(flag('--primary-only', 'the first replica of each range only'))
    .addOption(flag('--all-replicas', 'every replica of each range, not one'))
    .addOption(flag('--ranges <list>', 'token ranges LO:HI, (LO, HI], comma separated'))
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
    )
    .addOption(flag('--protocol <version>', 'auto, 12, 13 or 14', 'auto'))
    .addOption(flag('--address-map <file>', 'lines ANNOUNCED REACHABLE'))
    .option('--no-gossip', 'do not ask for joining, moving and leaving nodes')
    .addOption(flag('--silence-timeout <seconds>', 'how long a node may be silent', '60'));
