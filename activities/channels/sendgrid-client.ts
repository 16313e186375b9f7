import clientModule from '@sendgrid/client';
import type { MailDataRequired } from '@sendgrid/helpers/classes/mail.js';
import mailModule from '@sendgrid/mail';

/** The part of SendGrid's clients that is used here; their own types name no constructor that a module can import. */

interface Answer {
  statusCode: number;
  headers: Record<string, unknown> | undefined;
}

interface ApiClient {
  setApiKey(key: string): void;
  setDefaultRequest(request: object): void;
  request(request: { method: 'GET'; url: string; qs: object }): Promise<[Answer, unknown]>;
}

interface MailService {
  setClient(client: ApiClient): void;
  send(mail: MailDataRequired): Promise<[Answer, unknown]>;
}

const { Client } = clientModule as unknown as { Client: new () => ApiClient };
const { MailService } = mailModule as unknown as { MailService: new () => MailService };

export type { MailDataRequired };

/**
 * Clients of one account; the package's own are shared by a whole process. They follow no redirect and end a silent
 * connection.
 */
export function sendGridClients(options: { apiKey: string; baseUrl?: string | undefined; timeoutMillis: number }): {
  api: ApiClient;
  mail: MailService;
} {
  const api = new Client();
  api.setApiKey(options.apiKey);
  // After the key, which resets the address.
  const baseUrl = options.baseUrl ? { baseUrl: options.baseUrl } : {};
  api.setDefaultRequest({ ...baseUrl, timeout: options.timeoutMillis, maxRedirects: 0, maxContentLength: 1 << 20 });
  const mail = new MailService();
  mail.setClient(api);
  return { api, mail };
}
