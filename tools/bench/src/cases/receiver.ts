// Control plane: the receiver into a file alone, beside both C receivers. The same C sender feeds all of them.
import { programFile, ruler } from '../native/build.ts';
import { host, movePair, warm } from '../run/pair.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';

export const receiverCase: Case = {
  name: 'receiver',
  needs: (quick) => [sized(quick, '1gib', 'none')],
  run: async (context) => {
    const { dataFile, dataBytes } = madeOf(context, '1gib', 'none');
    await warm(dataFile);
    const receiveBy = async (
      receiver: (port: string, out: string) => readonly string[],
    ): Promise<Measured> =>
      (await movePair(receiver, (port) => [ruler, 'send', dataFile, host, port])).received;
    const ours = (path: string) => () =>
      receiveBy((port, out) => [
        process.execPath,
        programFile('receive-file'),
        host,
        port,
        out,
        String(dataBytes),
        path,
      ]);
    return takeTurns(context, context.quick ? 2 : 9, {
      'ruler copy': () => receiveBy((port, out) => [ruler, 'copy', host, port, out]),
      'ruler recv': () => receiveBy((port, out) => [ruler, 'recv', host, port, out]),
      'scamander, by the kernel': ours('kernel'),
      'scamander, over buffers': ours('buffers'),
    });
  },
};
