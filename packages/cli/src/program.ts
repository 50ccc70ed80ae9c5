// Control plane. The surface of the command line: commands, flags, help. Called by main.ts; the commands themselves live in commands/, what moves
// data in transfer-program.ts and copy-program.ts, what works offline in sstable-program.ts.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { copyCommand } from './copy-program.ts';
import { commonFlags, cqlFlags, flag, sourceFlags, tlsFlags } from './flags.ts';
import { sstableCommand } from './sstable-program.ts';
import { loadCommand, pullCommand } from './transfer-program.ts';
import { verifyCommand } from './verify-program.ts';

// Commands are loaded when they run: a load of 4 MB should not wait for code that it does not use.

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
    .addCommand(verifyCommand(context))
    .addCommand(sstableCommand(context));
};
