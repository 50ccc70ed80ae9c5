import { memoryNetwork, TransportError } from '@scamander/transport';
import { rejects } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryPair, pairOver, readAll, refusal, someBytes, unwrap } from '../harness.ts';

const HOST = { host: '10.0.0.1', port: 7000 };

test('hosts dial from their own address', async () => {
  const network = memoryNetwork();
  const { acceptor, close } = await pairOver(
    network.transport('10.0.0.2'),
    HOST,
    network.transport('10.0.0.1'),
  );
  assert.equal(acceptor.remote, { host: '10.0.0.2', port: 49_152 });
  assert.equal(acceptor.local, HOST);
  await close();
});

test('networks do not see each other', async () => {
  const listener = unwrap(await memoryNetwork().transport('a').listen(HOST));
  assert.is(refusal(await memoryNetwork().transport('a').connect(HOST)).code, 'SCM_NET_REFUSED');
  await listener.close();
});

test('a direction holds as much as the options say', async () => {
  const network = memoryNetwork({ pipeBytes: 10 }).transport('a');
  const { dialler, acceptor, close } = await pairOver(network, HOST);
  let written = false;
  const writing = dialler.write(Buffer.from('0123456789abc')).then(() => {
    written = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.not.ok(written);
  assert.is(Buffer.from((await acceptor.read())!).toString(), '0123456789');
  await writing;
  assert.is(Buffer.from((await acceptor.read())!).toString(), 'abc');
  await close();
});

test('the same calls give the same events, in the same order', async () => {
  const story = async (): Promise<string[]> => {
    const log: string[] = [];
    const { dialler, acceptor } = await memoryPair();
    const note = (what: string) => (): void => void log.push(what);
    const echo = async (): Promise<void> => {
      for (let bytes = await acceptor.read(); bytes !== null; bytes = await acceptor.read()) {
        log.push(`acceptor read ${bytes.length}`);
        await acceptor.write(bytes.subarray(0, 1));
      }
      await acceptor.end();
    };
    const answers = async (): Promise<void> => {
      for (let bytes = await dialler.read(); bytes !== null; bytes = await dialler.read())
        log.push(`dialler read ${bytes.length}`);
    };
    await Promise.all([
      echo().then(note('echo over')),
      answers().then(note('answers over')),
      dialler
        .write(someBytes(100_000))
        .then(note('written'))
        .then(() => dialler.end()),
      acceptor.closed.then(note('acceptor closed')),
      dialler.closed.then(note('dialler closed')),
    ]);
    return log;
  };
  const first = await story();
  assert.equal(await story(), first);
  assert.ok(first.includes('dialler closed') && first.includes('written'), first.join());
});

test('what was written before an orderly cut arrives; a reset loses it', async () => {
  const orderly = await memoryPair();
  await orderly.dialler.write(Buffer.from('last words'));
  orderly.dialler.destroy();
  assert.is((await readAll(orderly.acceptor)).toString(), 'last words');
  await rejects(orderly.acceptor.write(Buffer.from('x')));
  await orderly.close();
  const reset = await memoryPair();
  await reset.dialler.write(Buffer.from('last words'));
  reset.dialler.destroy(new TransportError({ code: 'SCM_NET_RESET', peer: 'x' }));
  await rejects(
    reset.acceptor.read(),
    (error) => (error as TransportError).code === 'SCM_NET_RESET',
  );
  assert.is((await reset.acceptor.closed).error?.code, 'SCM_NET_RESET');
  await reset.close();
});

test('misuse is refused', async () => {
  const { dialler, close } = await memoryPair();
  const reading = dialler.read();
  await rejects(dialler.read(), (error) => /read\(\) is outstanding/.test(error.message));
  assert.throws(() => dialler.unread(Buffer.from('x')), /during a read/);
  const writing = dialler.write(someBytes(1_000_000));
  await rejects(dialler.write(Buffer.from('x')), (error) =>
    /write\(\) is outstanding/.test(error.message),
  );
  await rejects(dialler.end(), (error) => /during a write/.test(error.message));
  dialler.destroy();
  await rejects(reading);
  await rejects(writing);
  await rejects(dialler.end());
  await close();
});

test('after the end of our side a write is refused', async () => {
  const { dialler, close } = await memoryPair();
  await dialler.end();
  await dialler.end();
  await rejects(dialler.write(Buffer.from('x')), (error) => /after the end/.test(error.message));
  await close();
});

test.run();
