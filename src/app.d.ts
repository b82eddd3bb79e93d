import type { App as SlipwayApp } from '#lib/server/app.ts';
import type { Actor } from '#lib/server/services/access.ts';
import type { ErrorCode, ErrorDetails } from '#lib/domain/errors.ts';

declare global {
  namespace App {
    interface Error {
      message: string;
      code: ErrorCode;
      hint: string;
      requestId: string;
      details?: ErrorDetails;
    }
    interface Locals {
      app: SlipwayApp;
      actor: Actor | null;
      requestId: string;
      theme: 'light' | 'dark' | 'system';
    }
  }
}

export {};
