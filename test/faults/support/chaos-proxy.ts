import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import type { Random } from './random.ts';

/** What a network does to connections. Everything that is not named goes well. */
export interface Chaos {
  /** Connections are refused as soon as they are made, and those that stand are cut. */
  down?: boolean;
  /** Bytes are swallowed, and nobody is told. */
  blackhole?: boolean;
  /** Each piece of data comes so much later, half as much again by chance. */
  latencyMs?: number;
  /** The share of pieces at which the connection is reset, in both directions. */
  resetShare?: number;
  /** An answer ends after so many bytes of its connection. */
  truncateAfter?: number;
}

/** A TCP proxy on 127.0.0.1 that does to connections what it is told, also to those that stand already. */
export interface ChaosProxy {
  port: number;
  set(chaos: Chaos): void;
  /** Where new connections go from now on. */
  retarget(port: number): void;
  /** Resets every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a port of this machine. Its chance follows from `random`. */
export async function startChaosProxy(targetPort: number, random: Random): Promise<ChaosProxy> {
  let target = targetPort;
  let chaos: Chaos = {};
  const sockets = new Set<Socket>();
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer((near) => {
    keep(near, sockets);
    if (chaos.down) return void near.resetAndDestroy();
    const far = tcpConnect(target, '127.0.0.1');
    keep(far, sockets);
    const reset = (): void => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    carry({ from: near, to: far, isAnswer: false, chaos: () => chaos, random, reset });
    carry({ from: far, to: near, isAnswer: true, chaos: () => chaos, random, reset });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      chaos = next;
      if (next.down) cut();
    },
    retarget(port) {
      target = port;
    },
    cut,
    stop: () => closed(server, cut),
  };
}

function keep(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}

interface Direction {
  from: Socket;
  to: Socket;
  isAnswer: boolean;
  chaos: () => Chaos;
  random: Random;
  reset: () => void;
}

/** Pieces keep their order, however long each is held back. */
function carry({ from, to, isAnswer, chaos, random, reset }: Direction): void {
  let passed = 0;
  let before: Promise<unknown> = Promise.resolve();
  from.on('data', (piece) => {
    const { blackhole, latencyMs = 0, resetShare = 0, truncateAfter } = chaos();
    if (blackhole) return;
    if (random.next() < resetShare) return reset();
    const left = isAnswer && truncateAfter !== undefined ? Math.max(0, truncateAfter - passed) : piece.length;
    passed += piece.length;
    const write = (): void => {
      to.write(piece.subarray(0, left));
      if (left < piece.length) to.end();
    };
    if (latencyMs === 0) before = before.then(write);
    else before = Promise.all([before, pause(latencyMs * (1 + random.next() / 2))]).then(write);
  });
  from.once('end', () => {
    before = before.then(() => to.end());
  });
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

async function closed(server: Server, cut: () => void): Promise<void> {
  const closing = new Promise((resolve) => server.close(resolve));
  cut();
  await closing;
}
