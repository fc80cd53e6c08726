/** The part of JSON Schema (2020-12) that the scenario's schema is written in. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** false: no others; a schema: of all others. */
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

export interface SchemaProblem {
  /** `serviceProviders[0].mvpds[2].id` */
  readonly path: string;
  readonly expectation: string;
  readonly received: unknown;
}

/** The first place at which a value is not as the schema says. */
export function findProblem(value: unknown, schema: JsonSchema, path = ''): SchemaProblem | undefined {
  const expectation = expectationMissed(value, schema);
  if (expectation !== undefined) return { path, expectation, received: value };
  if (Array.isArray(value))
    return firstOf(value.entries(), (item, index) => inList(item, index, schema, path));
  return typeof value === 'object' && value !== null
    ? findInObject(value as Readonly<Record<string, unknown>>, schema, path)
    : undefined;
}

function inList(
  item: unknown,
  index: number,
  { items }: JsonSchema,
  path: string,
): SchemaProblem | undefined {
  return items === undefined ? undefined : findProblem(item, items, `${path}[${index}]`);
}

function findInObject(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: JsonSchema,
  path: string,
): SchemaProblem | undefined {
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined) return { path: join(path, missing), expectation: 'given', received: undefined };
  return firstOf(Object.entries(value), (member, name) => {
    if (member === undefined) return undefined;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return findProblem(member, known, join(path, name));
    if (additionalProperties === false)
      return {
        path: join(path, name),
        expectation: `one of ${Object.keys(properties).join(', ')}`,
        received: name,
      };
    return additionalProperties === true
      ? undefined
      : findProblem(member, additionalProperties, join(path, name));
  });
}

function expectationMissed(value: unknown, schema: JsonSchema): string | undefined {
  const { type, minimum = -Infinity, maximum = Infinity, minLength = 0 } = schema;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `one of ${schema.enum.join(', ')}`;
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object';
    case 'array':
      return Array.isArray(value) ? undefined : 'a list';
    case 'string':
      if (typeof value === 'string' && value.length >= minLength) return undefined;
      return minLength > 0 ? 'a non-empty string' : 'a string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'number':
    case 'integer': {
      const isNumber = type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
      return isNumber && Number(value) >= minimum && Number(value) <= maximum
        ? undefined
        : `${type === 'integer' ? 'a whole number' : 'a number'}${range(minimum, maximum)}`;
    }
    case undefined:
      return undefined;
  }
}

function range(minimum: number, maximum: number): string {
  const from = minimum === -Infinity ? '' : ` from ${minimum}`;
  return maximum === Infinity ? from : `${from} to ${maximum}`;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function firstOf<Key extends string | number, Value>(
  entries: Iterable<readonly [Key, Value]>,
  look: (value: Value, key: Key) => SchemaProblem | undefined,
): SchemaProblem | undefined {
  for (const [key, value] of entries) {
    const problem = look(value, key);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
