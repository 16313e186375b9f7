import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { type Answer, isSchema, type Route } from './route.ts';
import { problemSchema } from './schemas/common.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const description = `Durable engagement workflows for mentoring programs. Every refusal is a problem document (RFC 9457).
Ids are opaque and given by the integrating platform; instants are RFC 3339 with offset.`;

const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same key with the same request gets the first answer again; with another, 422' }),
});

const refusal = {
  description: 'A refusal',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/** The OpenAPI 3.1 document of the routes (E6), made from the same declarations that serve them. */
export function createOpenApiDocument(routes: readonly Route[], publicUrl: string): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Tandem', version: '1', description },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map(({ tag }) => tag))].sort().map((name) => ({ name })),
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'tdm_…' } } },
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { operationId, summary, tag, scope, params, query, bodies } = route;
  const header = route.idempotent ? idempotencyHeader.extend(route.headers?.shape ?? {}) : route.headers;
  const needs = scope === null ? 'Needs no key.' : `Needs the scope \`${scope}\`.`;
  return {
    operationId,
    summary,
    description: [route.description, needs].filter(Boolean).join(' '),
    tags: [tag],
    security: scope === null ? [] : [{ key: [] }],
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(header && { header }) },
    ...(Object.keys(bodies).length > 0 && { requestBody: requestBody(bodies) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, answer]) => [status, answered(status, answer)]),
      ),
      default: refusal,
    },
  };
}

function requestBody(bodies: Route['bodies']) {
  const optional = Object.values(bodies).some((schema) => schema.safeParse(undefined).success);
  return { required: !optional, content: contentOf(bodies) };
}

function answered(status: string, answer: Answer) {
  const meaning = Number(status) < 300 ? 'Done' : 'Refused';
  if (answer === null) return { description: meaning };
  return { description: meaning, content: contentOf(isSchema(answer) ? { 'application/json': answer } : answer) };
}

function contentOf(schemas: Route['bodies']) {
  return Object.fromEntries(Object.entries(schemas).map(([mediaType, schema]) => [mediaType, { schema }]));
}
