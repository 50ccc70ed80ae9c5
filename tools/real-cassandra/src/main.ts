// Control plane: `npm run cassandra -- …`: real Cassandra for people. Reads the command line and prints; the work is in commands.ts.
import { Command, InvalidArgumentError } from 'commander';
import { runCql, runNodetool, start, versions } from './commands.ts';
import { RealCassandraFailure } from './errors.ts';
import { candidate } from './loopback-address.ts';

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a number from 1 is expected');
  return Number(text);
};

const program = new Command('cassandra')
  .description('Boots real Cassandra on loopback addresses.')
  .enablePositionalOptions();

program
  .command('start')
  .argument('<release>', 'such as 5.0.6, or 5.0.6-none for storage_compatibility_mode NONE')
  .option('--nodes <n>', 'how many nodes', wholeNumber, 1)
  .option('--tls', 'require TLS with client certificates on the storage port')
  .option('--keep', 'leave the folders of the nodes behind')
  .description('starts nodes and stays until Ctrl-C')
  .action(start);
program.command('versions').description('releases that are known to boot').action(versions);
program
  .command('cql')
  .argument('<statement...>')
  .option('--node <address>', 'a node that runs', candidate(0))
  .description('runs one CQL statement and prints its rows as JSON lines')
  .action((words: string[], options: { node: string }) => runCql(options.node, words.join(' ')));
program
  .command('nodetool')
  .argument('<arguments...>')
  .option('--node <address>', 'a node that runs', candidate(0))
  .passThroughOptions()
  .description('runs nodetool of the release that the node has')
  .action((words: string[], options: { node: string }) => runNodetool(options.node, words));

try {
  await program.parseAsync();
} catch (error) {
  console.error(
    error instanceof RealCassandraFailure ? `error ${error.message}` : (error as Error).stack,
  );
  process.exitCode = 1;
}
