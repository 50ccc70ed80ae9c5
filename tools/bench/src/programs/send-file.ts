// Data plane: our sender as a process: FILE ADDR PORT [PATH]. Prints one JSON line like the ruler. Bundled and started by the cases.
import { statSync } from 'node:fs';
import { systemClock, unlimited } from '@scamander/throttle';
import { fileCrc32, sendSlices, tcpTransport } from '@scamander/transport';
import { reportMoved, rightOrThrow, untilComplete } from './reporting.ts';

const [file = '', host = '', port = '', path = 'kernel'] = process.argv.slice(2);
const { size } = statSync(file);
// The worker runs already when a load sends: it has verified the file.
if (path === 'kernel') await fileCrc32(file, { length: 4_096 });
const transport = tcpTransport({ clock: systemClock });
const connection = rightOrThrow(await transport.connect({ host, port: Number(port) }));
const startMs = performance.now();
await untilComplete(
  sendSlices(
    connection,
    [{ path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: size }],
    {
      clock: systemClock,
      limiter: unlimited,
      stallTimeoutMs: 0,
      path: path === 'buffers' ? 'buffers' : 'kernel',
    },
  ),
);
await connection.end();
// As the ruler: the receiver's end of file says that all is taken.
await connection.read();
reportMoved('send', size, startMs);
connection.destroy();
