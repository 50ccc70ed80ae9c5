// Control plane. `scamander serve`: runs an embedded node until it is interrupted. Called by program.ts.
import { serve } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { newsLine } from '../output/load-text.ts';
import { sizeText } from '../output/sizes.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { serveOptions } from '../settings/serve-flags.ts';

/** Runs the command. */
export const runServe = async (
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = await serveOptions(flags);
  if (isLeft(options)) return options;
  // Listened for before anybody is told that we are here: who is told may answer with Ctrl-C at once.
  let onInterrupt: () => void = () => undefined;
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt = resolve;
  });
  const interrupt = context.interruptible(() => onInterrupt());
  const node = await serve(options.right);
  if (isLeft(node)) {
    interrupt.stop();
    return left(node.left);
  }
  const { endpoint } = node.right;
  const where = endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'Listening', endpoint: where, tables: node.right.tables }),
    );
  else say(terminal, `listening on ${where}, ${node.right.tables.length} tables known`);
  const subscription = node.right.events$.subscribe((event) => {
    if (terminal.json) {
      terminal.stdout.write(eventLine(event));
      return;
    }
    if (event.type === 'TableCommitted') {
      for (const file of event.received)
        tell(terminal, `received ${file.name} (${sizeText(Number(file.bytes))})`);
    }
    const line = newsLine(event, terminal.verbose);
    if (line !== undefined) tell(terminal, line);
  });
  await interrupted;
  await node.right.close();
  interrupt.stop();
  subscription.unsubscribe();
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode: EXIT.ok }));
  return right(EXIT.ok);
};
