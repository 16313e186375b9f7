import { z } from 'zod';
import { Problem } from '../problem.ts';
import type { RawRequest, Route } from '../route.ts';

/**
 * Whether a provider signed a request: null, or why it is refused. Judges the bytes as they came and never throws,
 * whatever they are.
 */
export type Verifier = (request: RawRequest) => Promise<string | null>;

export interface WebhookDefinition {
  /** Such as `/webhooks/twilio/status`. */
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  /** Media type of what the provider posts, as the OpenAPI document tells it; the handler judges the bytes. */
  mediaType: string;
  /** A longer body is 413. */
  limitBytes: number;
  verify: Verifier;
  /** Takes what was signed, whatever it holds; the answer is 204 once this returns. */
  take(request: RawRequest): Promise<void>;
}

/** Reports and texts are short. */
export const usualLimitBytes = 1024 * 1024;

/**
 * Declares what a provider calls back: no key, but a signature over the raw body; 204 once it is stored. It is served and
 * described like every other route.
 */
export function webhook({ mediaType, limitBytes, verify, take, ...rest }: WebhookDefinition): Route {
  return {
    ...rest,
    method: 'post',
    tag: 'webhooks',
    scope: null,
    idempotent: false,
    bodies: { [mediaType]: z.string().meta({ description: 'As the provider signs it' }) },
    responses: { 204: null },
    rawLimitBytes: limitBytes,
    async handler({ body }: { body: RawRequest }) {
      const refusal = await verify(body);
      if (refusal !== null) throw new Problem('signature', refusal);
      await take(body);
      return { status: 204 };
    },
  };
}

/** Refuses everything while the setting is absent that signatures are checked with. */
export function unconfigured(setting: string): Verifier {
  const refusal = `Signatures cannot be checked: set ${setting}`;
  return async () => refusal;
}
