// Control plane: the sender alone, beside sendfile(2) from C. Both send to the same C receiver, which throws the bytes away.
import { programFile, ruler } from '../native/build.ts';
import { host, movePair, warm } from '../run/pair.ts';
import { type Case, type Measured, madeOf, sized, takeTurns } from './case.ts';

const sendTo = async (sender: (port: string) => readonly string[]): Promise<Measured> =>
  (await movePair((port) => [ruler, 'recv', host, port, '-'], sender)).sent;

export const senderCase: Case = {
  name: 'sender',
  needs: (quick) => [sized(quick, '1gib', 'none')],
  run: async (context) => {
    const { dataFile } = madeOf(context, '1gib', 'none');
    await warm(dataFile);
    const ours = (path: string) => () =>
      sendTo((port) => [process.execPath, programFile('send-file'), dataFile, host, port, path]);
    return takeTurns(context, context.quick ? 2 : 9, {
      'ruler send': () => sendTo((port) => [ruler, 'send', dataFile, host, port]),
      'scamander, by the kernel': ours('kernel'),
      'scamander, over buffers': ours('buffers'),
    });
  },
};
