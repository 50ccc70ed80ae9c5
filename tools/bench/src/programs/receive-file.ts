// Data plane: our receiver as a process: ADDR PORT OUT BYTES [PATH]. Prints one JSON line like the ruler. Bundled and started by the cases.
import { systemClock, unlimited } from '@scamander/throttle';
import { type Connection, fileCrc32, receiveSinks, tcpTransport } from '@scamander/transport';
import { reportMoved, rightOrThrow, untilComplete } from './reporting.ts';

const [host = '', port = '', out = '', bytes = '', path = 'kernel'] = process.argv.slice(2);
const lengthBytes = Number(bytes);
// A node that serves has its worker running.
if (path === 'kernel') await fileCrc32(process.execPath, { length: 4_096 });
const transport = tcpTransport({ clock: systemClock });
const listener = rightOrThrow(await transport.listen({ host, port: Number(port) }));
const connection = await new Promise<Connection>((resolve) => {
  listener.connections$.subscribe(resolve);
});
const startMs = performance.now();
await untilComplete(
  receiveSinks(connection, [{ path: out, component: 'Data.db', lengthBytes }], {
    clock: systemClock,
    limiter: unlimited,
    stallTimeoutMs: 0,
    path: path === 'buffers' ? 'buffers' : 'kernel',
  }),
);
// As the ruler: the sender's end of file says that nothing more comes.
if ((await connection.read()) !== null) throw new Error('more bytes than were announced');
reportMoved('receive', lengthBytes, startMs);
connection.destroy();
await listener.close();
