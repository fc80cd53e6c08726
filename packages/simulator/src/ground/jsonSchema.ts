/** The part of JSON Schema (the same in draft 7 and 2020-12) that the simulator's schemas are written in. */
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
  /** JSON pointer (RFC 6901): `/serviceProviders/0/mvpds/2/id`. Empty: the whole. */
  readonly pointer: string;
  readonly expectation: string;
  readonly received: unknown;
  /** The words that are allowed there, if they are few. */
  readonly names: readonly string[];
}

/** The first place at which a value is not as the schema says. */
export function findProblem(value: unknown, schema: JsonSchema, pointer = ''): SchemaProblem | undefined {
  const expectation = expectationMissed(value, schema);
  if (expectation !== undefined)
    return { pointer, expectation, received: value, names: (schema.enum ?? []).map(String) };
  if (Array.isArray(value))
    return firstOf(value.entries(), (item, index) => inList(item, index, schema, pointer));
  return typeof value === 'object' && value !== null
    ? findInObject(value as Readonly<Record<string, unknown>>, schema, pointer)
    : undefined;
}

function inList(
  item: unknown,
  index: number,
  { items }: JsonSchema,
  pointer: string,
): SchemaProblem | undefined {
  return items === undefined ? undefined : findProblem(item, items, below(pointer, index));
}

function findInObject(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: JsonSchema,
  pointer: string,
): SchemaProblem | undefined {
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined)
    return { pointer: below(pointer, missing), expectation: 'given', received: undefined, names: [] };
  return firstOf(Object.entries(value), (member, name) => {
    if (member === undefined) return undefined;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return findProblem(member, known, below(pointer, name));
    if (additionalProperties === false) {
      const names = Object.keys(properties);
      const expectation = `one of the members ${names.join(', ')}`;
      return { pointer: below(pointer, name), expectation, received: name, names };
    }
    return additionalProperties === true
      ? undefined
      : findProblem(member, additionalProperties, below(pointer, name));
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

/** The pointer to a member or an item of what `pointer` leads to. */
export function below(pointer: string, ...steps: readonly (string | number)[]): string {
  return [pointer, ...steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  );
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
