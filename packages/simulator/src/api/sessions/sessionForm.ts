import type { ErrorCode } from '../../ground/errorCatalogue.js';
import type { SessionParameters } from '../../state/sessions.js';

export type FormReading =
  | { readonly kind: 'read'; readonly parameters: SessionParameters }
  | { readonly kind: 'invalid'; readonly code: ErrorCode };

/** An empty parameter is as good as none. `domainName` is seen not to be matched with anything. */
export function readSessionForm(body: string): FormReading {
  const form = new URLSearchParams(body);
  const given = (name: string): Record<string, string> => {
    const value = form.get(name)?.trim();
    return value === undefined || value === '' ? {} : { [name]: value };
  };
  const parameters: SessionParameters = { ...given('mvpd'), ...given('domainName'), ...given('redirectUrl') };
  return parameters.redirectUrl === undefined || isRedirectUrl(parameters.redirectUrl)
    ? { kind: 'read', parameters }
    : { kind: 'invalid', code: 'invalid_parameter_redirect_url' };
}

/** Absolute, of the web or of an app's own scheme; nothing that runs where it is opened. */
export function isRedirectUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return false;
  if (['http:', 'https:'].includes(url.protocol)) return url.hostname !== '';
  return /^[a-z][a-z0-9+.-]*:\/\/./i.test(text) && !['file:', 'ftp:', 'ws:', 'wss:'].includes(url.protocol);
}
