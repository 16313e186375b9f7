import { STATUS_CODES } from 'node:http';
import type { Answer } from './answer.ts';

/** A fault of a request as SendGrid tells it; a fault without a message is told by the status alone. */
export interface SendgridFault {
  message?: string;
  /** Where in the body, names and indexes joined by dots. */
  field: string | null;
}

/** An error of SendGrid's API. */
export function sendgridError(status: number, faults: readonly SendgridFault[]): Answer {
  const usual = (STATUS_CODES[status] ?? 'error').toLowerCase();
  const errors = faults.map(({ message, field }) => ({ message: message ?? usual, field, help: null }));
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ errors }) };
}
