/** A relay that carries nothing, and notes each time it was told and whether of something urgent. */
export function notedRelay() {
  const woken: boolean[] = [];
  const relay = {
    wake: (has?: { urgent: boolean }) => void woken.push(has?.urgent ?? true),
    storing: <T>(_entries: number, work: () => Promise<T>) => work(),
  };
  return { woken, relay };
}
