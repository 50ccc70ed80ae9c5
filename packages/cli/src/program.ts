// Control plane. The surface of the command line: commands, flags, help. Called by main.ts; the commands themselves live in commands/, what moves
// data in transfer-program.ts, what works offline in sstable-program.ts.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { commonFlags, cqlFlags, flag, sourceFlags, tlsFlags } from './flags.ts';
import { sstableCommand } from './sstable-program.ts';
import { loadCommand, pullCommand } from './transfer-program.ts';

// Commands are loaded when they run: a load of 4 MB should not wait for code that it does not use.

/** Of a copy's target: what a source has too is called --target-…. */
const targetFlags = (command: Command): Command =>
  command
    .option('--no-target-cql', 'the targets are embedded nodes without CQL: HOST[:STORAGE_PORT]')
    .addOption(flag('--target-storage-port <n>', 'as --storage-port, of the target'))
    .addOption(flag('--target-dc <name>', 'replicas of this datacenter of the target only'))
    .addOption(
      flag(
        '--target-user <name>',
        'CQL login at the target; the password from --target-password-file or SCAMANDER_TARGET_PASSWORD',
      ),
    )
    .addOption(flag('--target-password-file <file>', 'file that holds that password'))
    .addOption(flag('--target-address-map <file>', 'as --address-map, which serves both else'))
    .addOption(flag('--target-tls', 'as --tls, which serves both sides unless this differs'))
    .option('--no-target-tls', 'plaintext at the target although the source uses TLS')
    .addOption(flag('--target-tls-ca <file>', 'as --tls-ca, at the target'))
    .addOption(flag('--target-tls-cert <file>', 'as --tls-cert, at the target'))
    .addOption(flag('--target-tls-key <file>', 'as --tls-key, at the target'))
    .addOption(flag('--target-tls-server-name <name>', 'as --tls-server-name, at the target'))
    .addOption(flag('--target-tls-insecure', 'as --tls-insecure, at the target'))
    .addOption(flag('--target-cql-tls', 'as --cql-tls, at the target'))
    .option('--no-target-cql-tls', 'plaintext CQL at the target')
    .addOption(flag('--target-cql-tls-ca <file>', 'as --cql-tls-ca, at the target'))
    .addOption(flag('--target-cql-tls-cert <file>', 'as --cql-tls-cert, at the target'))
    .addOption(flag('--target-cql-tls-key <file>', 'as --cql-tls-key, at the target'))
    .addOption(flag('--target-cql-tls-server-name <name>', 'as --cql-tls-server-name, there'))
    .addOption(flag('--target-cql-tls-insecure', 'as --cql-tls-insecure, at the target'));

const copyCommand = (context: Context): Command => {
  const command = new Command('copy')
    .description('from cluster to cluster while it is read; no disk between')
    .argument('<name...>', 'KEYSPACE or KEYSPACE.TABLE of the source')
    .addOption(flag('--to <hosts>', 'contact points of the target, HOST[:CQL_PORT]'))
    .addOption(flag('--keyspace <name>', 'into this keyspace'))
    .addOption(flag('--table <name>', 'into this table'))
    .addOption(flag('--throttle <rate>', 'into the target: 50MiB/s, 200Mb/s; 0 = unlimited'))
    .addOption(flag('--inter-dc-throttle <rate>', 'the same, towards other datacenters'))
    .addOption(
      flag(
        '--entire-throttle <rate>',
        'the same, for whole SSTables; --throttle where it is absent',
      ),
    )
    .addOption(flag('--source-throttle <rate>', 'out of the source'))
    .addOption(flag('--source-inter-dc-throttle <rate>', 'the same, from other datacenters'))
    .addOption(flag('--source-entire-throttle <rate>', 'the same, for whole SSTables'))
    .addOption(
      flag(
        '--entire <when>',
        'whole SSTables where every replica keeps one: auto or never',
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
    .addOption(flag('--sessions <n>', 'sessions with the source at once', '4'))
    .addOption(
      flag('--verify <what>', 'rows: read both sides by CQL afterwards and compare; none', 'none'),
    )
    .addOption(
      flag('--ledger <file>', 'remember what is acknowledged; the same copy again does the rest'),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what arrived as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints who would be asked for what'));
  tlsFlags(cqlFlags(commonFlags(targetFlags(sourceFlags(command)))));
  return command.action((names: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/copy.ts')).runCopy(names, flags, terminal, context),
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
    .addCommand(copyCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(duCommand(context))
    .addCommand(sstableCommand(context));
};
