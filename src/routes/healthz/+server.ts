import { text } from '@sveltejs/kit';

/** Up: the process answers. Whether it is well is asked at /api/health. */
export function GET() {
  return text('ok');
}
