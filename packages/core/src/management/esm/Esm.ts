import type { CallOptions } from '../../api/CallOptions.js';
import type { ClientCalls } from '../../api/ClientCalls.js';
import { esmCall } from './esmCall.js';
import { readEsmReport, readEsmText } from './readEsmReport.js';
import type { EsmParameters, EsmReport, EsmResource, EsmText, EsmTextFormat } from './types.js';

export class Esm implements EsmResource {
  readonly #calls: ClientCalls;
  readonly #managementUrl: URL;

  constructor(calls: ClientCalls, managementUrl: URL) {
    this.#calls = calls;
    this.#managementUrl = managementUrl;
  }

  report(
    parameters?: EsmParameters & { readonly format?: 'json' | undefined },
    options?: CallOptions,
  ): Promise<EsmReport>;
  report(
    parameters: EsmParameters & { readonly format: EsmTextFormat },
    options?: CallOptions,
  ): Promise<EsmText>;
  async report(
    parameters: EsmParameters & { readonly format?: 'json' | EsmTextFormat | undefined } = {},
    options?: CallOptions,
  ): Promise<EsmReport | EsmText> {
    return await this.#calls.within(options, async (deadline) => {
      const { format, ...call } = esmCall(parameters);
      const answer = await this.#calls.call(call, deadline);
      return format === 'json' ? readEsmReport(answer, this.#managementUrl) : readEsmText(answer, format);
    });
  }
}
