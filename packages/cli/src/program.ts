// Control plane. The surface of the command line: commands, flags, help. Called by main.ts; the commands themselves live in commands/.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { commonFlags, flag, retryFlags, sourceFlags } from './flags.ts';
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
    .addOption(
      flag('--ledger <file>', 'remember what is acknowledged; the same load again sends the rest'),
    )
    .addOption(
      flag(
        '--session-size <size>',
        'the most that one session carries, and that a load which was killed sends again',
        '16GiB',
      ),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what arrived as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints the plan'));
  tlsFlags(cqlFlags(commonFlags(retryFlags(command))));
  return command.action((paths: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/load.ts')).runLoad(paths, flags, terminal, context),
    ),
  );
};

const pullCommand = (context: Context): Command => {
  const command = new Command('pull')
    .description('ask live nodes for their SSTables; nothing is installed there')
    .argument('<name...>', 'KEYSPACE or KEYSPACE.TABLE')
    .addOption(flag('--into <dir>', 'new data directory, or that of an earlier pull'))
    .addOption(flag('--keyspace <name>', 'under this keyspace in DIR'))
    .addOption(flag('--table <name>', 'as this table in DIR'))
    .addOption(flag('--throttle <rate>', 'of all nodes together: 50MiB/s, 200Mb/s; 0 = unlimited'))
    .addOption(flag('--inter-dc-throttle <rate>', 'the same, from other datacenters'))
    .addOption(
      flag(
        '--entire-throttle <rate>',
        'the same, for whole SSTables; --throttle where it is absent',
      ),
    )
    .addOption(
      flag(
        '--sstable-version <version>',
        'nb, oa or da: what sections are written as, instead of nb (oa where oa or da come)',
      ),
    )
    .addOption(flag('--sessions <n>', 'sessions at once, no more than 2 with a node', '8'))
    .addOption(
      flag('--unit-size <size>', 'what is asked for and done with as a whole, at most', '64GiB'),
    )
    .addOption(
      flag('--ledger <file>', 'what was received, to go on from; DIR/.scamander/… if absent'),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what came as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints the plan'));
  tlsFlags(cqlFlags(commonFlags(sourceFlags(command))));
  return command.action((names: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/pull.ts')).runPull(names, flags, terminal, context),
    ),
  );
};

const serveCommand = (context: Context): Command => {
  const command = new Command('serve')
    .description('an embedded node that receives and sends streams')
    .addOption(flag('--data <dir>', 'data directory; created where it is missing'))
    .addOption(flag('--listen <addr>', 'ADDR[:PORT] to listen on', '127.0.0.1:7000'))
    .addOption(flag('--announce <addr>', 'ADDR[:PORT] that peers know us by'))
    .addOption(flag('--address-map <file>', 'lines ANNOUNCED REACHABLE: where to dial who asks'))
    .addOption(flag('--throttle <rate>', 'of what is sent to who asks: 50MiB/s; 0 = unlimited'))
    .addOption(flag('--entire-throttle <rate>', 'the same, for whole SSTables'))
    .addOption(
      flag(
        '--entire <when>',
        'auto, or never: who asks gets sections, never whole SSTables',
        'auto',
      ),
    )
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

const doctorCommand = (context: Context): Command => {
  const command = new Command('doctor')
    .description('say what would go wrong before a byte moves: the cluster, each node, a backup')
    .argument('<hosts>', 'contact points, HOST[:CQL_PORT], comma separated; the rest is discovered')
    .option('--no-cql', 'embedded nodes without CQL: HOST[:STORAGE_PORT]')
    .addOption(
      flag(
        '--storage-port <n>',
        'port of internode connections, where it is not what the cluster says',
      ),
    )
    .option('--backup <dir...>', 'say what of these SSTables would load, and what not')
    .addOption(flag('--keyspace <name>', 'of the backup: load into this keyspace'))
    .addOption(flag('--table <name>', 'of the backup: load into this table'))
    .addOption(flag('--protocol <version>', 'auto, 12, 13 or 14', 'auto'))
    .addOption(flag('--address-map <file>', 'lines ANNOUNCED REACHABLE'))
    .addOption(
      flag('--listen <addr>', 'ADDR[:PORT] to listen on, to see whether nodes can dial us'),
    )
    .addOption(
      flag('--announce <addr>', 'ADDR[:PORT] that nodes are told to dial, as a pull would'),
    )
    .addOption(flag('--headroom <size>', 'free bytes that count as enough on each node, 100GiB'))
    .option('--no-gossip', 'do not ask who joins, leaves or is down, nor whether nodes reach us')
    .addOption(flag('--silence-timeout <seconds>', 'how long a node may be silent', '10'));
  tlsFlags(cqlFlags(commonFlags(command)));
  return command.action((hosts: string) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/doctor.ts')).runDoctor(hosts, flags, terminal, context),
    ),
  );
};

const duCommand = (context: Context): Command => {
  const command = new Command('du')
    .description('how large tables are, by node and range: asked of the nodes, nothing is moved')
    .argument('<tables...>', 'KEYSPACE or KEYSPACE.TABLE; embedded nodes need the table')
    .addOption(flag('--by-range', 'each range of each node by itself, in a session of its own'));
  tlsFlags(cqlFlags(commonFlags(sourceFlags(command))));
  return command.action((names: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/du.ts')).runDu(names, flags, terminal, context),
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
    .addCommand(pullCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(duCommand(context))
    .addCommand(sstableCommand(context));
};
