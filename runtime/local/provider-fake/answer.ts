/** An HTTP answer before it is given. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The answer with JSON in it. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}
