// The slab of an accepted TLS connection: by itself over a socket that the test plays, and inside real connections.
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { type Connection, tlsTransport } from '@scamander/transport';
import { makeCertificates } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TLS_SLAB_AHEAD_BYTES, TLS_SLAB_BYTES } from '../../src/limits.ts';
import { SlabIntake } from '../../src/socket/slab-intake.ts';
import { pairOver, readAll, readExactly, someBytes } from '../harness.ts';

const RECORD_BYTES_MAX = 16_384;
/** What TLS may have decrypted already when reading stops: one read of the socket, and the record that it completed. */
const BURST_BYTES_MAX = 65_536 + RECORD_BYTES_MAX;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Node's side of it: gives records into whatever buffer it was told last, and stops when it is told. */
class PlayedSocket {
  readonly buffers = new Set<ArrayBufferLike>();
  readonly fields: Record<symbol, unknown>;
  isReading = true;
  #early: Buffer | null;
  #target: Uint8Array = new Uint8Array(0);
  #sent = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, earlyBytes = 0) {
    this.#bytes = bytes;
    this.#early = earlyBytes === 0 ? null : bytes.subarray(0, earlyBytes);
    this.#sent = earlyBytes;
    this.fields = {
      [Symbol('kBuffer')]: null,
      [Symbol('kBufferCb')]: null,
      [Symbol('kBufferGen')]: null,
    };
    Object.assign(this.fields, {
      _handle: {
        useUserBuffer: (buffer: Uint8Array) => {
          this.#target = buffer;
        },
      },
      read: () => {
        const early = this.#early;
        this.#early = null;
        if (early === null) this.isReading = true;
        return early;
      },
    });
  }

  get socket(): Socket {
    return this.fields as unknown as Socket;
  }

  get sent(): number {
    return this.#sent;
  }

  #field(name: string): unknown {
    const symbol = Object.getOwnPropertySymbols(this.fields).find(
      ({ description }) => description === name,
    );
    return symbol === undefined ? undefined : this.fields[symbol];
  }

  /** One read of the socket: as many records as it held, whether reading was stopped in between or not. */
  burst(records: readonly number[]): void {
    if (!this.isReading) return;
    for (const length of records)
      for (let left = Math.min(length, this.#bytes.length - this.#sent); left > 0; ) {
        const size = Math.min(left, this.#target.length);
        assert.ok(size > 0, 'there is room for the next bytes');
        this.#target.set(this.#bytes.subarray(this.#sent, this.#sent + size));
        this.buffers.add(this.#target.buffer);
        this.#sent += size;
        left -= size;
        const goOn = (this.#field('kBufferCb') as (bytes: number) => boolean)(size);
        this.#target = (this.#field('kBufferGen') as () => Uint8Array)();
        if (!goOn) this.isReading = false;
      }
  }
}

const attached = (played: PlayedSocket): SlabIntake => {
  const intake = SlabIntake.attach(played.socket);
  if (intake === undefined) throw new Error('it was not attached');
  return intake;
};

test('bytes come in order, a view stays until the next one is wanted, and the slab is the only one', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.record({
            records: fc.array(
              fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(RECORD_BYTES_MAX)),
              { minLength: 1, maxLength: 5 },
            ),
          }),
          fc.constant('want' as const),
          fc.constant('turn' as const),
        ),
        { minLength: 20, maxLength: 120 },
      ),
      fc.integer({ min: 0, max: 40_000 }),
      async (steps, earlyBytes) => {
        const bytes = someBytes(1_000_000, steps.length);
        const played = new PlayedSocket(bytes, earlyBytes);
        const intake = attached(played);
        let given = 0;
        let lent: { view: Uint8Array; copy: Buffer } | undefined;
        let isWanted = false;
        intake.deliver = (view) => {
          assert.ok(isWanted, 'nobody asked');
          isWanted = false;
          assert.is(Buffer.compare(view, bytes.subarray(given, given + view.length)), 0);
          given += view.length;
          lent = { view, copy: Buffer.from(view) };
        };
        for (const step of steps) {
          if (step === 'turn') await turn();
          else if (step === 'want') {
            if (isWanted) continue;
            isWanted = true;
            lent = undefined;
            intake.want(played.socket);
          } else played.burst(step.records);
          if (lent !== undefined) assert.is(Buffer.compare(lent.view, lent.copy), 0);
          const ahead = played.sent - given + (lent?.view.length ?? 0);
          assert.ok(ahead <= TLS_SLAB_AHEAD_BYTES + BURST_BYTES_MAX + earlyBytes, `${ahead} ahead`);
        }
        for (let quiet = 0; given < played.sent && quiet < 50; quiet++) {
          if (!isWanted) {
            isWanted = true;
            intake.want(played.socket);
          }
          await turn();
        }
        assert.is(given, played.sent);
        assert.is(intake.hasBytes, false);
        assert.ok(played.buffers.size <= 1, `${played.buffers.size} slabs`);
      },
    ),
    { numRuns: 150 },
  ));

test('a quiet connection touches little of its slab', async () => {
  const played = new PlayedSocket(someBytes(1_000_000));
  const intake = attached(played);
  let highest = 0;
  intake.deliver = (view) => {
    highest = Math.max(highest, view.byteOffset + view.length);
  };
  for (let message = 0; message < 1_000; message++) {
    intake.want(played.socket);
    played.burst([300]);
    await turn();
  }
  assert.ok(highest < TLS_SLAB_BYTES / 4, `${highest}`);
});

test('a Node without the fields gets the other intake', () => {
  assert.is(SlabIntake.attach({ _handle: { useUserBuffer: () => undefined } } as never), undefined);
  const { fields } = new PlayedSocket(someBytes(10));
  assert.is(SlabIntake.attach({ ...fields, _handle: {} } as never), undefined);
  assert.is(SlabIntake.attach({ ...fields, _handle: null } as never), undefined);
});

test('this Node has the fields', async () => {
  const { serverCert: cert, serverKey: key, ca } = await makeCertificates();
  const server = createServer({ cert, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<SlabIntake | undefined>((resolve) => {
    server.on('secureConnection', (socket) => {
      resolve(SlabIntake.attach(socket));
      socket.destroy();
    });
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const dialled = await tlsTransport({ ca }).connect({ host: '127.0.0.1', port });
  assert.is(dialled._tag, 'Right');
  assert.instance(await accepted, SlabIntake);
  if (dialled._tag === 'Right') dialled.right.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const certificates = makeCertificates();

const withPair = async (
  body: (dialler: Connection, acceptor: Connection) => Promise<void>,
): Promise<void> => {
  const { ca, serverCert: cert, serverKey: key } = await certificates;
  const { dialler, acceptor, close } = await pairOver(tlsTransport({ ca, cert, key }));
  await body(dialler, acceptor);
  await close();
};

test('what came before the end is read before the end, however slowly', () =>
  withPair(async (dialler, acceptor) => {
    const bytes = someBytes(700_000);
    const writing = dialler.write(bytes).then(() => dialler.end());
    const first = await readExactly(acceptor, 1);
    for (let wait = 0; wait < 200; wait++) await turn();
    const rest = await readAll(acceptor);
    await writing;
    assert.is(Buffer.compare(Buffer.concat([first, rest]), bytes), 0);
    assert.is(await acceptor.read(), null);
    assert.is(acceptor.bytesRead, 700_000);
  }));

test('a peer that is not read is held back', () =>
  withPair(async (dialler, acceptor) => {
    let written = false;
    const bytes = someBytes(30_000_000);
    const writing = dialler.write(bytes).then(() => {
      written = true;
    });
    await readExactly(acceptor, 10);
    for (let wait = 0; wait < 2_000; wait++) await turn();
    assert.not.ok(written);
    const rest = await readExactly(acceptor, bytes.length - 10);
    await writing;
    assert.is(Buffer.compare(rest, bytes.subarray(10)), 0);
  }));

test('both ways at once, in pieces of all sizes', () =>
  withPair(async (dialler, acceptor) => {
    const bytes = someBytes(3_000_000);
    const send = async (connection: Connection): Promise<void> => {
      for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % 90_001) + 1)
        await connection.write(bytes.subarray(at, at + size));
      await connection.end();
    };
    const [there, back] = await Promise.all([
      readAll(acceptor),
      readAll(dialler),
      send(dialler),
      send(acceptor),
    ]);
    assert.is(Buffer.compare(there, bytes), 0);
    assert.is(Buffer.compare(back, bytes), 0);
  }));

test.run();
