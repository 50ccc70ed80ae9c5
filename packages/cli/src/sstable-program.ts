// Control plane. The surface of `scamander sstable`: commands, flags, help. Called by program.ts; the commands themselves live in commands/.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { commonFlags, flag } from './flags.ts';

/** Collects the values of a flag that can be repeated. */
const each = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

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
      .addOption(flag('--partitioner <name>', 'of SSTables of 1.0 and before, which do not say it'))
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

/** `scamander sstable …`: offline work on SSTables. */
export const sstableCommand = (context: Context): Command => {
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
      .option('--keys <key>', 'this partition key only, and others: can be repeated', each)
      .option('--exclude-keys <key>', 'not this partition key; can be repeated', each)
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
      .addOption(flag('--partitioner <name>', 'of SSTables of 1.0 and before, which do not say it'))
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
