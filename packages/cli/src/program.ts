// Control plane. The surface of the command line: commands, flags, help. Called by main.ts; the commands themselves live in commands/.
import { Command, Option } from 'commander';
import type { Context } from './context.ts';

// Commands are loaded when they run: a load of 4 MB should not wait for code that it does not use.

/** A flag that may also come from SCAMANDER_<NAME>. */
const flag = (flags: string, description: string, fallback?: string): Option => {
  const option = new Option(flags, description);
  const name = (option.long ?? '')
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase();
  option.env(`SCAMANDER_${name}`);
  return fallback === undefined ? option : option.default(fallback);
};

const commonFlags = (command: Command): Command =>
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
        'check of the source before anything is sent: quick, deep, or auto (deep up to 32 MiB)',
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

const writeCommand = (context: Context): Command => {
  const command = new Command('write')
    .description('rows of JSON lines or CSV to SSTables of a table')
    .argument('<file...>', 'files with rows; - is the standard input')
    .addOption(flag('--schema <file>', 'CQL with the CREATE TABLE, and the types it needs'))
    .addOption(flag('--into <dir>', 'data directory; the table’s folder below it is made'))
    .addOption(flag('--keyspace <name>', 'keyspace of names in the schema that have none'))
    .addOption(flag('--table <name>', 'TABLE or KEYSPACE.TABLE, where the schema has several'))
    .addOption(flag('--format <name>', 'jsonl or csv; else by the names of the files'))
    .addOption(
      flag('--sstable-version <version>', 'me (3.11), nb (4.0 to 5.0), oa or da (5.0)', 'nb'),
    )
    .addOption(flag('--partitioner <name>', 'the cluster’s', 'Murmur3Partitioner'))
    .addOption(flag('--sstable-size <size>', 'begin another SSTable at this size, as 160MiB'))
    .addOption(flag('--buffer <size>', 'rows in memory; more are sorted on disk', '64MiB'))
    .addOption(flag('--temporary <dir>', 'where rows are sorted; else in the table’s folder'))
    .option('--update', 'rows are UPDATEs: none exists by itself')
    .option('--delete', 'rows are DELETEs: each names a key, with or without clustering columns')
    .option('--append', 'collections are added to what is there')
    .addOption(flag('--timestamp <time>', 'of all rows: microseconds or ISO; else now'))
    .addOption(flag('--ttl <seconds>', 'of all rows; else the table’s default'))
    .addOption(flag('--timestamp-column <name>', 'name in the rows that holds their timestamp'))
    .addOption(flag('--ttl-column <name>', 'name in the rows that holds their TTL'))
    .addOption(flag('--bad-rows <n>', 'how many rows may be wrong and left out', '0'))
    .addOption(flag('--columns <list>', 'columns of a CSV whose first line does not name them'))
    .addOption(flag('--delimiter <text>', 'between the fields of a CSV; \\t for a tab'))
    .addOption(flag('--quote <character>', 'around fields of a CSV', '"'))
    .addOption(flag('--escape <character>', 'before a quote within a field of a CSV', '"'))
    .addOption(flag('--null <text>', 'field of a CSV that holds nothing', ''))
    .addOption(
      flag('--nulls <what>', 'missing: nothing is written; tombstone: it is deleted', 'missing'),
    );
  commonFlags(command);
  return command.action((files: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/sstable-write.ts')).runWrite(files, flags, terminal, context),
    ),
  );
};

const rewriteFlags = (command: Command): Command =>
  commonFlags(
    command
      .argument('<file...>', 'Data.db files or folders')
      .addOption(flag('--into <dir>', 'data directory; the tables’ folders below it are made'))
      .addOption(flag('--format <version>', 'me, nb, oa or da of what is written'))
      .addOption(
        flag(
          '--schema <file>',
          'CQL of the tables, needed before 3.0; else schema.cql beside the SSTable',
        ),
      )
      .addOption(
        flag('--cap-deletion-times', 'deletions and expiry beyond 2038 become 2038, before oa'),
      ),
  );

const rewriteCommands = (context: Context): readonly Command[] => {
  const split = rewriteFlags(
    new Command('split')
      .description('an SSTable as several, by token ranges or by size')
      .addOption(flag('--ranges <list>', 'token ranges LO:HI, (LO, HI]; an SSTable for each'))
      .addOption(flag('--size <size>', 'begin another SSTable at this size, as 100MiB')),
  );
  const compact = rewriteFlags(
    new Command('compact')
      .description('the SSTables of a table as one')
      .addOption(flag('--sstable-size <size>', 'begin another SSTable at this size, as 160MiB'))
      .option('--purge', 'leave out deletions that everybody has had the time to hear of')
      .addOption(flag('--gc-grace <seconds>', 'how long that is; else the schema says it')),
  );
  const upgrade = rewriteFlags(
    new Command('upgrade').description('SSTables in another version, up or down'),
  );
  const commands = { split, compact, upgrade } as const;
  for (const kind of ['split', 'compact', 'upgrade'] as const) {
    const command = commands[kind];
    command.action((paths: string[]) =>
      context.run(command, async (flags, terminal) => {
        const { runRewrite } = await import('./commands/sstable-rewrite.ts');
        return await runRewrite(kind, paths, flags, terminal, context);
      }),
    );
  }
  return Object.values(commands);
};

const sstableCommand = (context: Context): Command => {
  const describe = commonFlags(
    new Command('describe')
      .description('what an SSTable is and holds')
      .argument('<file...>', 'Data.db files or folders'),
  );
  describe.action((paths: string[]) =>
    context.run(describe, async (_flags, terminal) =>
      (await import('./commands/sstable-describe.ts')).runDescribe(paths, terminal),
    ),
  );
  const verify = commonFlags(
    new Command('verify')
      .description('check every component against itself and the others')
      .argument('<file...>', 'Data.db files or folders')
      .option('--quick', 'sizes, checksums and digests (default)')
      .option('--deep', 'all of that, and every key, index entry and filter bit'),
  );
  verify.action((paths: string[]) =>
    context.run(verify, async (flags, terminal) =>
      (await import('./commands/sstable-verify.ts')).runVerify(paths, flags, terminal, context),
    ),
  );
  const dump = commonFlags(
    new Command('dump')
      .description('partitions, rows and cells as text')
      .argument('<file...>', 'Data.db files or folders')
      .addOption(
        flag(
          '--format <name>',
          'json (as sstabledump prints it), jsonl (one partition a line) or table (for people)',
          'json',
        ),
      )
      .addOption(flag('--timestamps <style>', 'iso, or raw: microseconds and seconds', 'iso'))
      .addOption(
        flag('--like <release>', '3.0, 4.0 or 5.0: whose JSON; else that of the SSTable’s version'),
      )
      .option('--keys <key...>', 'these partition keys only; parts of a key with colons between')
      .option('--exclude-keys <key...>', 'not these partition keys')
      .addOption(flag('--ranges <list>', 'token ranges LO:HI, (LO, HI], comma separated'))
      .addOption(
        flag(
          '--where <text>',
          'rows that this holds for: COLUMN OP VALUE, joined by AND; IN, IS NULL',
        ),
      )
      .addOption(
        flag(
          '--schema <file>',
          'CQL that names the key columns; else schema.cql beside the SSTable',
        ),
      )
      .option('--keys-only', 'nothing but the partition keys')
      .addOption(flag('--width <n>', 'characters of a value in a table', '40'))
      .addOption(flag('--now <time>', 'what is expired is as of then: seconds since 1970, or ISO')),
  );
  dump.action((paths: string[]) =>
    context.run(dump, async (flags, terminal) =>
      (await import('./commands/sstable-dump.ts')).runDump(paths, flags, terminal, context),
    ),
  );
  const command = new Command('sstable')
    .description('offline work on SSTables')
    .addCommand(describe)
    .addCommand(verify)
    .addCommand(dump)
    .addCommand(writeCommand(context));
  for (const one of rewriteCommands(context)) command.addCommand(one);
  return command;
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
