import { redirect } from '@sveltejs/kit';
import { isTheme, THEME_COOKIE } from '#lib/components/shell/theme.ts';
import { AppError } from '#lib/domain/errors.ts';
import { action } from '#lib/server/http/doors.ts';
import { safePath } from '#lib/server/http/session.ts';

export const load = () => redirect(303, '/');

export const actions = {
  /** For pages without JavaScript; with it the page sets the cookie by itself. */
  default: action(({ event }, form) => {
    const theme = form.get('theme');
    if (!isTheme(theme)) throw new AppError('VALIDATION', 'theme: must be light, dark or system');
    event.cookies.set(THEME_COOKIE, theme, {
      path: '/',
      maxAge: 31_536_000,
      sameSite: 'lax',
      httpOnly: false,
      secure: event.url.protocol === 'https:',
    });
    const from = event.request.headers.get('referer');
    redirect(303, safePath(from === null ? null : new URL(from).pathname));
  }),
};
