import { number, optionalNumber, optionalText, text, type Members } from '../ground/input.js';
import { invalidArgument } from '../ground/simulatorError.js';
import {
  degradationRules,
  type Degradation,
  type DegradationRule,
  type DegradationTarget,
} from '../state/degradations.js';
import type { SessionFilter } from '../state/sessions.js';
import type { IdentityTokenRequest, PartnerResponseRequest } from './identity.js';
import type { LogIn } from './logIn.js';
import type { TemporaryAccessReset } from './temporaryAccess.js';

// What the control API is sent about viewers and what they may watch, as what the verbs take.

export function sentSessionFilter(sent: Members): SessionFilter {
  return { ...given(sent, 'device'), ...given(sent, 'serviceProvider') };
}

export function sentLogIn(sent: Members): LogIn {
  return { code: text(sent, 'code'), ...given(sent, 'viewer') };
}

export function sentDegradation(sent: Members): Degradation {
  const lifeSeconds = optionalNumber(sent, 'lifeSeconds');
  const rule = ruleOf(sent['rule']);
  if (rule === undefined) throw invalidArgument('rule', `one of ${degradationRules.join(', ')}`, undefined);
  return {
    serviceProvider: text(sent, 'serviceProvider'),
    ...given(sent, 'mvpd'),
    rule,
    ...given(sent, 'message'),
    ...(lifeSeconds === undefined ? {} : { lifeSeconds }),
  };
}

export function sentDegradationTarget(sent: Members): DegradationTarget {
  const rule = ruleOf(sent['rule']);
  return {
    serviceProvider: text(sent, 'serviceProvider'),
    ...given(sent, 'mvpd'),
    ...(rule === undefined ? {} : { rule }),
  };
}

export function sentTemporaryAccessReset(sent: Members): TemporaryAccessReset {
  const base64 = optionalText(sent, 'deviceIdentifierBase64');
  return {
    serviceProvider: text(sent, 'serviceProvider'),
    mvpd: text(sent, 'mvpd'),
    ...(base64 === undefined
      ? given(sent, 'deviceIdentifier')
      : { deviceIdentifier: Buffer.from(base64, 'base64') }),
    ...given(sent, 'identity'),
  };
}

export function sentIdentityTokenRequest(sent: Members): IdentityTokenRequest {
  return {
    subject: text(sent, 'subject'),
    ...(sent['lifeSeconds'] === undefined ? {} : { lifeSeconds: number(sent, 'lifeSeconds') }),
  };
}

export function sentPartnerResponseRequest(sent: Members): PartnerResponseRequest {
  return { mvpd: text(sent, 'mvpd'), ...given(sent, 'viewer') };
}

function given<Name extends string>(sent: Members, name: Name): { readonly [N in Name]?: string } {
  const value = optionalText(sent, name);
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: string };
}

function ruleOf(value: unknown): DegradationRule | undefined {
  const rule = degradationRules.find((each) => each === value);
  if (rule === undefined && value !== undefined)
    throw invalidArgument('rule', `one of ${degradationRules.join(', ')}`, value);
  return rule;
}
