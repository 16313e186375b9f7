import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChaosProxy, startChaosProxy } from './support/chaos-proxy.ts';
import { createRandom } from './support/random.ts';

/** The network of the fault tests does what it is told, in front of a server that answers what it gets. */

const echo = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.pipe(socket);
});

let proxy: ChaosProxy;
let client: Socket;
beforeEach(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await startChaosProxy((echo.address() as AddressInfo).port, createRandom(1));
  client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => undefined);
  await once(client, 'connect');
});
afterEach(async () => {
  client.destroy();
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

/** What comes back within a moment, and whether the connection still stands. */
async function said(text: string, within = 150): Promise<{ answer: string; open: boolean }> {
  let answer = '';
  const take = (piece: Buffer): void => {
    answer += piece;
  };
  client.on('data', take);
  client.write(text);
  await sleep(within);
  client.off('data', take);
  return { answer, open: !client.destroyed && !client.readableEnded };
}

describe('a network that fails', () => {
  it('carries everything when nothing is wrong, and again when it is over', async () => {
    expect(await said('one')).toEqual({ answer: 'one', open: true });
    proxy.set({ blackhole: true });
    expect(await said('two')).toEqual({ answer: '', open: true });
    proxy.set({});
    expect(await said('three')).toEqual({ answer: 'three', open: true });
  });

  it('holds data back, in its order', async () => {
    proxy.set({ latencyMs: 200 });
    expect(await said('one', 50)).toEqual({ answer: '', open: true });
    expect(await said('two', 1_200)).toEqual({ answer: 'onetwo', open: true });
  });

  it('resets, cuts answers short and goes down', async () => {
    proxy.set({ truncateAfter: 2 });
    expect(await said('one')).toEqual({ answer: 'on', open: false });
    client = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    proxy.set({ resetShare: 1 });
    expect(await said('two')).toEqual({ answer: '', open: false });
    proxy.set({ down: true });
    client = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    expect(await said('three')).toEqual({ answer: '', open: false });
  });
});
