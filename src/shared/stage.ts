import type { FlowOutcome, PlanSource } from './trace.ts';

/** Built-in screens and behaviours that a core plugin can name as its `builtin`. */
export const BUILTINS = [
  'welcome',
  'network',
  'update',
  'terms',
  'profile',
  'provision',
  'finish',
] as const;
export type Builtin = (typeof BUILTINS)[number];

/** Whom to ask when a plugin fails: from its plan entry. */
export interface Contact {
  readonly team?: string;
  readonly email?: string;
}

/** Text that a plan gives in one language, or in several by BCP 47 tag. */
export type LocalizedText = string | { readonly [language: string]: string };

/** What the screen shows now. There is exactly one at any time. */
export type Stage =
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'core';
      readonly plugin: string;
      readonly route: string;
      readonly builtin: Builtin;
      readonly canGoBack: boolean;
    }
  | {
      readonly kind: 'plugin';
      readonly plugin: string;
      readonly route: string;
      readonly description?: LocalizedText;
      readonly canGoBack: boolean;
    }
  | {
      readonly kind: 'working';
      readonly plugin: string;
      readonly description?: LocalizedText;
    }
  | {
      readonly kind: 'failure';
      readonly plugin: string;
      readonly description?: LocalizedText;
      readonly code: string;
      readonly message: string;
      readonly contact: Contact;
      readonly canSkip: boolean;
    }
  | {
      readonly kind: 'stop';
      /** Absent when there is no usable plan at all. */
      readonly plugin?: string;
      readonly code: string;
      readonly message: string;
      readonly contact: Contact;
      readonly canRetry: boolean;
    }
  | { readonly kind: 'finished'; readonly outcome: FlowOutcome };

/** How far a plugin's work is. */
export interface WorkProgress {
  /** 0..100; absent while unknown. */
  readonly percent?: number;
  readonly message?: string;
  /** Automatic retry under way: which attempt, from 2. */
  readonly attempt?: number;
  /** It is not here yet: the percentage is that of its download. */
  readonly doing?: 'fetching';
}

/** How far setup is as a whole: the share of plugins done, 0..1, never falling. */
export interface SetupProgress {
  readonly done: number;
  readonly total: number;
}

/** The plan in force. */
export interface PlanInfo {
  readonly product_family: string;
  readonly execution_plan_version: string;
  readonly revision: number;
  readonly digest: string;
  readonly source: PlanSource;
}

/** The updater as its screen shows it. */
export type UpdateState =
  | { readonly phase: 'idle' | 'checking' | 'offline' }
  | { readonly phase: 'fetching' | 'installing'; readonly done: number; readonly total?: number }
  | { readonly phase: 'updated'; readonly revision: number }
  | { readonly phase: 'unchanged' | 'failed'; readonly reason: string; readonly message: string };

/** Something a person is told once, such as that a damaged state was set aside. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}
