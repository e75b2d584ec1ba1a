import * as nodeModule from 'node:module';

/** What a plugin author imports; the app has it, so that a plugin needs no `node_modules`. */
const SPECIFIER = 'firstlight/sdk';

/**
 * Lets plugins of this process import the SDK that the app comes with. Node 20 has no such hooks:
 * there, a plugin is a plain object of the same shape.
 */
export function provideSdk(address: URL): void {
  if (!('registerHooks' in nodeModule)) return;
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === SPECIFIER
        ? { url: address.href, shortCircuit: true }
        : next(specifier, context),
  });
}
