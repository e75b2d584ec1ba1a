import { describe, expect, it } from 'vitest';
import { appHeaders, screenHeaders } from './content-policy.ts';

const origins = {
  app: 'http://127.0.0.1:4711',
  bridge: 'ws://127.0.0.1:4711',
  screens: 'http://*.localhost:4711',
};

/** Directives of the policy by name. */
function directives(headers: Record<string, string>) {
  const policy = headers['content-security-policy'] ?? '';
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')] as const;
    }),
  );
}

describe('the policy of the app', () => {
  const policy = directives(appHeaders(origins));

  it('loads nothing that is not named', () => {
    expect(policy['default-src']).toBe("'none'");
  });

  it('runs scripts and styles of files only', () => {
    expect(policy['script-src']).toBe("'self'");
    expect(policy['style-src']).toBe("'self'");
    expect(JSON.stringify(policy)).not.toContain('unsafe');
  });

  it('connects to its bridge only', () => {
    expect(policy['connect-src']).toBe('ws://127.0.0.1:4711');
  });

  it('connects to nothing where the bridge is no connection', () => {
    expect(directives(appHeaders({ ...origins, bridge: '' }))['connect-src']).toBe("'none'");
  });

  it('frames plugin screens only, and is framed by nobody', () => {
    expect(policy['frame-src']).toBe('http://*.localhost:4711');
    expect(policy['frame-ancestors']).toBe("'none'");
  });
});

describe('the policy of a plugin screen', () => {
  const policy = directives(screenHeaders(origins));

  it('connects to nothing', () => {
    expect(policy['connect-src']).toBe("'none'");
  });

  it('runs scripts and styles of its own files only', () => {
    expect(policy['default-src']).toBe("'self'");
    expect(JSON.stringify(policy)).not.toContain('unsafe');
  });

  it('is framed by the app only', () => {
    expect(policy['frame-ancestors']).toBe('http://127.0.0.1:4711');
  });

  it('stays in its sandbox when opened by itself', () => {
    expect(policy['sandbox']).toBe('allow-scripts allow-forms allow-same-origin');
  });
});
