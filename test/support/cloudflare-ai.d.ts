/** The runtime's module behind the binding for Workers AI, which its published types leave out. */
declare module "cloudflare:ai" {
  export class Ai {
    constructor(fetcher: { fetch(address: string, init: RequestInit): Promise<Response> });
    run(model: string, inputs: object, options: object): Promise<unknown>;
  }
}
