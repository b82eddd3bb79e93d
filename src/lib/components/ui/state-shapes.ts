/**
 * The shapes of states, in a box of 12. With a colour and a word they are the three ways in which a state is said.
 * `ready` disc · `work` arc on a ring · `need` diamond · `broken` square with x · `rest` ring · `paused` bars · `exited` tick · `lost` dashed ring
 */
export const SHAPES = {
  ready: '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
  work: '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" opacity=".3"/><path d="M6 1.75A4.25 4.25 0 0 1 10.25 6" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round"/>',
  need: '<path d="M6 .6 11.4 6 6 11.4.6 6Z" fill="currentColor"/><path d="M6 3.4v3" stroke="var(--shape-cut,var(--color-surface-1))" stroke-width="1.3" stroke-linecap="round"/><circle cx="6" cy="8.3" r=".75" fill="var(--shape-cut,var(--color-surface-1))"/>',
  broken:
    '<rect x="1" y="1" width="10" height="10" rx="1.5" fill="currentColor"/><path d="m4.1 4.1 3.8 3.8m0-3.8L4.1 7.9" stroke="var(--shape-cut,var(--color-surface-1))" stroke-width="1.4" stroke-linecap="round"/>',
  rest: '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>',
  paused: '<path d="M4 2.5v7M8 2.5v7" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>',
  exited:
    '<path d="m2 6.4 2.7 2.8L10 3.4" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
  lost: '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 2.25"/>',
} as const;

export type Shape = keyof typeof SHAPES;

/** The five tones; the class `t-<tone>` sets its colours. */
export type Tone = 'ready' | 'work' | 'need' | 'broken' | 'rest';

/** The tone that a shape has when nothing else is said. */
export const TONE_OF_SHAPE = {
  ready: 'ready',
  work: 'work',
  need: 'need',
  broken: 'broken',
  rest: 'rest',
  paused: 'rest',
  exited: 'rest',
  lost: 'rest',
} as const satisfies Record<Shape, Tone>;
