/** Where the files of a build come from. */
export type BuildSource =
  /** The text of a Dockerfile; there are no other files. */
  | { readonly kind: 'dockerfile'; readonly text: string }
  /** A folder on Slipway's own machine. */
  | { readonly kind: 'context'; readonly path: string }
  /** A repository that the engine itself fetches. */
  | { readonly kind: 'git'; readonly url: string }
  /** A tar that came with the request. */
  | { readonly kind: 'upload' };

/** Exactly one of these is said. */
export const SOURCE_FIELDS = ['dockerfile', 'context', 'git'] as const;

export function sourceInWords(source: BuildSource): string {
  switch (source.kind) {
    case 'dockerfile':
      return 'a Dockerfile';
    case 'context':
      return `the folder ${source.path}`;
    case 'git':
      return `git ${source.url}`;
    case 'upload':
      return 'an upload';
  }
}
