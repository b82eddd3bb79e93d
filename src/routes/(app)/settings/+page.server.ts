import { action, load as door } from '#lib/server/http/doors.ts';
import { version } from '#lib/version.ts';

export const load = door(({ app, actor }) => {
  const { accounts, hosts } = app.services;
  return {
    tokens: accounts.tokens(actor),
    sessions: accounts.sessions(actor),
    maySeeSecrets: actor !== null && actor.role !== 'viewer',
    version,
    dataDir: app.config.dataDir,
    engines: hosts.list(actor),
    hostDefaults: Object.fromEntries(
      hosts.list(actor).map(({ id }) => [id, app.services.hostDefaults.get(actor, id)]),
    ),
    mayChangeHosts: actor?.role === 'admin',
  };
});

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

export const actions = {
  token: action(({ app, actor }, form) => {
    const expires = text(form.get('expires'));
    const expiresInDays = expires === 'never' ? null : expires === '' ? 90 : Number(expires);
    return {
      done: 'token',
      ...app.services.accounts.createToken(actor, { name: text(form.get('name')), expiresInDays }),
    };
  }),
  revoke: action(({ app, actor }, form) => {
    app.services.accounts.revokeToken(actor, text(form.get('token')));
    return { done: 'revoke' };
  }),
  /** Fields `host`, `memory`, `cpu`, `pids`, `network`; an empty one is the instance's again. */
  hostDefaults: action(({ app, actor }, form) => {
    const said = (['memory', 'cpu', 'pids', 'network'] as const).flatMap((name) => {
      const value = text(form.get(name)).trim();
      return value === ''
        ? []
        : [[name, name === 'pids' && /^\d+$/.test(value) ? Number(value) : value] as const];
    });
    const host = text(form.get('host'));
    const defaults = app.services.hostDefaults.put(actor, host, Object.fromEntries(said));
    return { done: 'hostDefaults', host, defaults };
  }),
  end: action(({ app, actor }, form) => {
    app.services.accounts.endSession(actor, text(form.get('session')));
    return { done: 'end' };
  }),
};
