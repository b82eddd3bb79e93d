/** Builds, as they cross the wire. */
import type { Problem } from '../domain/errors.ts';
import type { OperationState } from './views.ts';

/** One instruction of a Dockerfile while it is carried out. */
export interface BuildStepView {
  /** From 1. */
  readonly number: number;
  readonly total: number;
  /** `RUN apk add git` */
  readonly instruction: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly cached: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface BuildView {
  readonly id: string;
  readonly operationId: string | null;
  readonly host: string | null;
  readonly tag: string;
  readonly imageId: string | null;
  readonly state: OperationState;
  /** Where the files came from, in words: `a Dockerfile`, `git https://…`, `an upload`. */
  readonly source: string;
  /** `--build-arg A=1`, as docker build has them. */
  readonly args: readonly string[];
  readonly steps: readonly BuildStepView[];
  readonly error: Problem | null;
  readonly actor: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}
