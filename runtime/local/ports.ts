import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * TCP ports that are free on 127.0.0.1 right now, all different: those asked for by number, and any where undefined.
 * Another process may still take one before it is used.
 * @throws when a port asked for is taken.
 */
export async function freePorts(...wanted: readonly (number | undefined)[]): Promise<number[]> {
  const servers = wanted.map(() => createServer());
  try {
    for (const [index, server] of servers.entries()) {
      await once(server.listen(wanted[index] ?? 0, '127.0.0.1'), 'listening');
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}
