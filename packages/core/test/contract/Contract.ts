import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { headersOfAll, operations, registrationError, schemas, type SchemaOverlay } from './overlay.js';
import type { Exchange } from './recordingProxy.js';

type Members = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
}

interface Media {
  readonly schema?: Members;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Members>> };
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** `/api/v2/{serviceProvider}/sessions`. */
  readonly template: string;
  /** Of the file and of the overlay. */
  readonly statuses: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly requestSchema: { readonly mediaType: string; readonly validate: ValidateFunction } | undefined;
  readonly answerSchema: ValidateFunction | undefined;
  readonly errorSchema: ValidateFunction;
}

/** Adobe's two files, read through the overlay. Each check returns what is wrong, and nothing if all is well. */
export class Contract {
  readonly operations: readonly Operation[];

  constructor(folder: string) {
    this.operations = [
      ...readOperations(join(folder, 'dcrApi.json'), '/o'),
      ...readOperations(join(folder, 'restApiV2.json'), '/api/v2'),
    ];
  }

  /** A literal segment fits better than a named one: `/sessions/sso/{partner}` is not `/sessions/{code}`. */
  operationOf({ method, path }: Pick<Exchange, 'method' | 'path'>): Operation | undefined {
    const { pathname } = new URL(path, 'http://localhost');
    return this.operations
      .filter((operation) => operation.method === method && patternOf(operation.template).test(pathname))
      .sort((a, b) => namesIn(a.template) - namesIn(b.template))[0];
  }

  checkAnswer(operation: Operation, { status, answer, answerHeaders }: Exchange): string[] {
    if (!operation.statuses.includes(status)) return [`${status} is documented nowhere`];
    if (status === 302) return answerHeaders['location'] === undefined ? ['302 without a location'] : [];
    // No page shows the body of a 405; RFC 9110 section 15.5.6 asks for the header.
    if (status === 405) return answerHeaders['allow'] === undefined ? ['405 without Allow'] : [];
    const isPage = operation.id === 'startAuthenticationUsingGET';
    const expected = isPage ? 'text/html' : 'application/json';
    const mediaType = mediaTypeOf(answerHeaders);
    if (mediaType !== expected) return [`the answer is ${mediaType}, not ${expected}`];
    if (isPage) return [];
    const validate = status < 300 ? operation.answerSchema : operation.errorSchema;
    return validate === undefined ? [`no schema for ${status}`] : findings(validate, parse(answer));
  }

  checkRequest(operation: Operation, { path, headers, body }: Exchange): string[] {
    const { searchParams } = new URL(path, 'http://localhost');
    const { optional = [], headers: further = [], form = [] } = operations[operation.id] ?? { seed: [] };
    const fields = new URLSearchParams(body);
    const isSent = ({ in: place, name }: Parameter): boolean => {
      if (place === 'header') return headers[name.toLowerCase()] !== undefined;
      if (place === 'query') return (form.includes(name) ? fields : searchParams).has(name);
      return true;
    };
    const known = new Set([
      ...operation.parameters.filter((each) => each.in === 'header').map(({ name }) => name.toLowerCase()),
      ...headersOfAll,
      ...further,
      ...(form.length > 0 ? ['content-type'] : []),
    ]);
    const queries = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => name);
    const inQuery = queries.filter((name) => !form.includes(name));
    return [
      ...operation.parameters
        .filter((each) => each.required === true && !optional.includes(each.name) && !isSent(each))
        .map(({ name }) => `${name} is missing`),
      ...Object.keys(headers)
        .filter((name) => !known.has(name))
        .map((name) => `header ${name} is documented nowhere`),
      ...[...searchParams.keys()]
        .filter((name) => !inQuery.includes(name))
        .map((name) => `query ${name} is documented nowhere`),
      ...(form.length === 0
        ? []
        : [...fields.keys()]
            .filter((name) => !form.includes(name))
            .map((name) => `field ${name} is documented nowhere`)),
      ...checkBody(operation, headers, body),
    ];
  }
}

function checkBody({ requestSchema }: Operation, headers: Exchange['headers'], body: string): string[] {
  if (requestSchema === undefined) return [];
  const { mediaType, validate } = requestSchema;
  if (mediaTypeOf(headers) !== mediaType) return [`the body is ${mediaTypeOf(headers)}, not ${mediaType}`];
  const value =
    mediaType === 'application/json' ? parse(body) : Object.fromEntries(new URLSearchParams(body));
  const known = Object.keys(propertiesOf(validate));
  const unknown = Object.keys(value as object).filter((name) => !known.includes(name));
  return [...findings(validate, value), ...unknown.map((name) => `field ${name} is documented nowhere`)];
}

function propertiesOf({ schema }: ValidateFunction): Members {
  return (schema as { readonly properties?: Members }).properties ?? {};
}

function readOperations(file: string, base: string): Operation[] {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const documented = Object.entries(document.components.schemas);
  for (const [name, schema] of documented)
    ajv.addSchema(overlaid(schema, schemas[name]), `#/components/schemas/${name}`);
  const compiled = (schema: Members | undefined): ValidateFunction | undefined => {
    const reference = schema?.['$ref'];
    return typeof reference === 'string' ? ajv.getSchema(reference) : undefined;
  };
  const errorSchema = compiled({ $ref: '#/components/schemas/ErrorInformation' });
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const [mediaType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
      const validate = compiled(body?.schema);
      const success = operation.responses['200'] ?? operation.responses['201'];
      const statuses = Object.keys(operation.responses).map(Number);
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        template: base + path,
        statuses: [...statuses, ...(operations[operation.operationId]?.statuses ?? [])],
        parameters: operation.parameters ?? [],
        requestSchema:
          mediaType === undefined || validate === undefined ? undefined : { mediaType, validate },
        answerSchema: compiled(jsonSchemaOf(success)),
        errorSchema: errorSchema ?? ajv.compile(registrationError),
      };
    }),
  );
}

function jsonSchemaOf(response: unknown): Members | undefined {
  return (response as { readonly content?: Readonly<Record<string, Media>> }).content?.['application/json']
    ?.schema;
}

function overlaid(schema: Members, overlay: SchemaOverlay = {}): Members {
  const { required = [], optional = [], nullable = [], properties = {} } = overlay;
  const own = (schema['required'] as readonly string[] | undefined) ?? [];
  const all = { ...(schema['properties'] as Members | undefined), ...properties };
  return {
    ...schema,
    required: [...new Set([...own, ...required])].filter((name) => !optional.includes(name)),
    properties: Object.fromEntries(
      Object.entries(all).map(([name, value]) => [
        name,
        nullable.includes(name) ? { anyOf: [value, { type: 'null' }] } : value,
      ]),
    ),
  };
}

function findings(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function namesIn(template: string): number {
  return template.split('{').length;
}

function mediaTypeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? 'nothing').split(';')[0]?.trim().toLowerCase() ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
