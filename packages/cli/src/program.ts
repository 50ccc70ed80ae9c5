// Control plane. The surface of the command line: commands, flags, help. Called by main.ts; the commands themselves live in commands/.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { commonFlags, flag } from './flags.ts';
import { sstableCommand } from './sstable-program.ts';

// Commands are loaded when they run: a load of 4 MB should not wait for code that it does not use.

const tlsFlags = (command: Command): Command =>
  command
    .addOption(flag('--tls', 'TLS on the storage port'))
    .addOption(flag('--tls-ca <file>', 'PEM file with the authorities to trust'))
    .addOption(flag('--tls-cert <file>', 'PEM file with our certificate'))
    .addOption(flag('--tls-key <file>', 'PEM file with its key'))
    .addOption(flag('--tls-server-name <name>', 'name the peer’s certificate must be valid for'))
    .addOption(flag('--tls-insecure', 'accept any certificate'));

const cqlFlags = (command: Command): Command =>
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

const loadCommand = (context: Context): Command => {
  const command = new Command('load')
    .description('stream SSTables to the replicas that own them')
    .argument(
      '<dir...>',
      'table, keyspace or data directory, a snapshots/NAME or backups folder, or a Data.db file',
    )
    .addOption(
      flag(
        '--to <hosts>',
        'contact points, HOST[:CQL_PORT], comma separated; the rest is discovered',
      ),
    )
    .option(
      '--no-cql',
      'the targets are embedded nodes without CQL: HOST[:STORAGE_PORT]; each gets everything',
    )
    .addOption(
      flag(
        '--storage-port <n>',
        'port of internode connections, where it is not what the cluster says',
      ),
    )
    .addOption(flag('--keyspace <name>', 'load into this keyspace'))
    .addOption(flag('--table <name>', 'load into this table'))
    .addOption(flag('--dc <name>', 'replicas of this datacenter only'))
    .addOption(flag('--rack <name>', 'replicas of this rack only'))
    .addOption(flag('--only <hosts>', 'these replicas only'))
    .addOption(flag('--ignore <hosts>', 'not these replicas'))
    .addOption(flag('--primary-only', 'the first replica of each range only'))
    .addOption(flag('--ranges <list>', 'token ranges LO:HI, (LO, HI], comma separated'))
    .addOption(flag('--connections <n>', 'file connections per peer', '2'))
    .addOption(flag('--throttle <rate>', '50MiB/s, 200Mb/s; 0 = unlimited'))
    .addOption(flag('--inter-dc-throttle <rate>', 'the same, towards other datacenters'))
    .addOption(
      flag(
        '--entire-throttle <rate>',
        'the same, for whole SSTables; --throttle where it is absent',
      ),
    )
    .addOption(
      flag(
        '--entire <when>',
        'whole SSTables where a replica owns all of one: auto or never',
        'auto',
      ),
    )
    .addOption(
      flag(
        '--verify <level>',
        'check of the source: quick, deep (all before anything is sent), or auto (deep up to 32 MiB)',
        'auto',
      ),
    )
    .addOption(
      flag(
        '--consistency <level>',
        'ONE, QUORUM, LOCAL_QUORUM, EACH_QUORUM or ALL: reached but incomplete is exit code 5',
        'QUORUM',
      ),
    )
    .addOption(flag('--protocol <version>', 'auto, 12, 13 or 14', 'auto'))
    .addOption(flag('--address-map <file>', 'lines ANNOUNCED REACHABLE'))
    .addOption(
      flag('--announce <host>', 'address we call ourselves; nobody dials it during a load'),
    )
    .option('--no-gossip', 'do not ask for joining, moving and leaving nodes')
    .addOption(flag('--silence-timeout <seconds>', 'how long a node may be silent', '60'))
    .addOption(flag('--receipt <file>', 'write the proof of what arrived as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints the plan'));
  tlsFlags(cqlFlags(commonFlags(command)));
  return command.action((paths: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/load.ts')).runLoad(paths, flags, terminal, context),
    ),
  );
};

const serveCommand = (context: Context): Command => {
  const command = new Command('serve')
    .description('an embedded node that receives and sends streams')
    .addOption(flag('--data <dir>', 'data directory; created where it is missing'))
    .addOption(flag('--listen <addr>', 'ADDR[:PORT] to listen on', '127.0.0.1:7000'))
    .addOption(flag('--announce <addr>', 'ADDR[:PORT] we call ourselves when we send'))
    .option('--like <dir...>', 'make the tables found there known, with their ids')
    .option('--add-table <spec...>', 'make a table known: KEYSPACE.TABLE:ID')
    .addOption(flag('--schema <file>', 'CREATE statements of these tables: sections must fit them'))
    .addOption(
      flag('--sstable-version <version>', 'nb, oa or da: what sections are written as', 'nb'),
    )
    .addOption(flag('--tls-require-client', 'ask peers for a certificate'));
  tlsFlags(commonFlags(command));
  return command.action(() =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/serve.ts')).runServe(flags, terminal, context),
    ),
  );
};

/** The whole command line. */
export const makeProgram = (context: Context): Command => {
  const demo = commonFlags(
    new Command('demo').description('sample SSTables into an embedded node over real TCP'),
  );
  demo.option('--keep <dir>', 'leave the received data in this folder');
  demo.action(() =>
    context.run(demo, async (flags, terminal) =>
      (await import('./commands/demo.ts')).runDemo(flags, terminal, context),
    ),
  );
  return new Command('scamander')
    .description('Apache Cassandra’s data streaming without a JVM')
    .version(context.version)
    .addCommand(demo)
    .addCommand(loadCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(sstableCommand(context));
};
