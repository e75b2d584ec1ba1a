export type Choice =
  | { readonly kind: 'electron'; readonly program: string }
  | { readonly kind: 'kiosk'; readonly program: string; readonly line: string }
  | { readonly kind: 'address'; readonly line: string | undefined };
export function pickShell(around: {
  readonly noOpen: boolean;
  readonly browser: string | undefined;
  readonly hasDisplay: boolean;
  readonly electron: () => Promise<string | undefined>;
  readonly chromium: () => string | undefined;
}): Promise<Choice>;
export function hasDisplay(env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform): boolean;
