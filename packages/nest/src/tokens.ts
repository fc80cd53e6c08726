/** The name of a `PassModule` that was given none, of its property, and of what `@Pass()` without a name asks for. */
export const defaultName = 'pass';

/** Registered globally: an application may hold two copies of this package. */
const keyOf = (part: string, name: string): symbol => Symbol.for(`@pass-dcr/nest/${part}/${name}`);

/**
 * The injection token of the `Pass` of a `PassModule`, by the module's name. `@InjectPass()` injects it; a test
 * overrides it.
 *
 * @example
 * builder.overrideProvider(passToken()).useValue(passOfTheSimulator);
 */
export function passToken(name: string = defaultName): symbol {
  return keyOf('Pass', name);
}

export const optionsToken = (name: string): symbol => keyOf('options', name);
export const ownerToken = (name: string): symbol => keyOf('owner', name);
export const guardToken = (name: string): symbol => keyOf('guard', name);
export const registrationToken = (name: string): symbol => keyOf('registration', name);

/** The property of a request that holds the client by its module's name, whatever the option "as" says. */
export const clientKey = (name: string): symbol => keyOf('client', name);

/** The property of a controller that lists the clients which its handlers ask for. */
export const wantedKey: unique symbol = Symbol.for('@pass-dcr/nest/wanted') as never;

/** Nest keeps metadata by strings. */
export const skipKey = '@pass-dcr/nest/skip';
