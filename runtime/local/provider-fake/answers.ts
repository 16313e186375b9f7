import { STATUS_CODES } from 'node:http';

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
  return jsonAnswer(status, { errors });
}

/** HTTP status and meaning of Twilio's error codes; the codes of 30000 and above mostly come with status callbacks. */
const twilioErrors: Record<number, [status: number, message: string]> = {
  20001: [400, 'A parameter is not valid'],
  20003: [401, 'Authenticate'],
  20403: [403, 'Forbidden'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'Internal Server Error'],
  20503: [503, 'Service Unavailable'],
  21211: [400, "Invalid 'To' phone number"],
  21217: [400, 'The phone number does not appear to be valid'],
  21408: [403, 'Permission to send to this region is not enabled'],
  21602: [400, 'The message has neither body nor media'],
  21603: [400, "A 'From' number or a messaging service is required"],
  21604: [400, "A 'To' phone number is required"],
  21606: [400, "The 'From' number cannot send to this 'To' number"],
  21609: [400, "The 'StatusCallback' is not a valid address"],
  21610: [400, 'The recipient has unsubscribed'],
  21611: [429, "The queue of the 'From' number is full"],
  21612: [400, "The 'To' number cannot be reached from this 'From' number"],
  21614: [400, "The 'To' number is not a mobile number"],
  21617: [400, 'The body has more than 1600 characters'],
  21635: [400, "The 'To' number is a landline"],
  21703: [400, 'The messaging service has no phone numbers'],
  30001: [429, 'Queue overflow'],
  30032: [403, 'The toll-free number is not verified'],
  30034: [403, 'The number is not registered for this traffic'],
  90007: [400, 'The validity period is out of range'],
};

/**
 * An error of Twilio's API by its code; one that the table lacks is a 400 unless told. As the real ones do, it quotes the
 * number that it is about, so that whoever logs it gives it away here too.
 */
export function twilioError(code: number, { status, to }: { status?: number; to?: string } = {}): Answer {
  const [usual, message] = twilioErrors[code] ?? [400, `Error ${code}`];
  return twilioAnswer(status ?? usual, code, to === undefined ? message : `${message}: ${to}`);
}

/** An error that is told by its HTTP status alone; its code is 20000 and the status, but for 401. */
export function twilioErrorOfStatus(status: number): Answer {
  return twilioAnswer(status, status === 401 ? 20003 : 20000 + status, STATUS_CODES[status] ?? 'Error');
}

function twilioAnswer(status: number, code: number, message: string): Answer {
  return jsonAnswer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
