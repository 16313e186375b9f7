import { z } from 'zod';
import type { OpenApiDocument } from '../openapi.ts';
import { type Route, route } from '../route.ts';

/** The description of the API, for programs and for people. `document` is asked when it is served. */
export function descriptionRoutes(document: () => OpenApiDocument, page: (of: OpenApiDocument) => string): Route[] {
  const openApi = route({
    method: 'get',
    path: '/openapi.json',
    operationId: 'openApi',
    summary: 'This document',
    tag: 'operation',
    scope: null,
    responses: { 200: z.record(z.string(), z.unknown()) },
    handler: async () => ({ status: 200, body: { ...document() } }),
  });
  const docs = route({
    method: 'get',
    path: '/docs',
    operationId: 'docs',
    summary: 'This document as a page to read',
    tag: 'operation',
    scope: null,
    responses: { 200: { 'text/html': z.string() } },
    handler: async () => ({ status: 200, body: page(document()), type: 'text/html' }),
  });
  return [openApi, docs];
}
