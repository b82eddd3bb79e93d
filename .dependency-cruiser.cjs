/**
 * Imports point one way (docs/architecture.md):
 * routes, hooks -> http, realtime, ssh -> loops -> services -> {hosts, storage, streams, archive} -> engine -> protocol -> domain.
 */
const server = '^src/lib/server/';
const only = (name, target, allowedFrom) => ({
  name,
  severity: 'error',
  from: { path: '^src', pathNot: allowedFrom },
  to: { path: target },
});
const never = (from, to, pathNot) => ({
  name: `${from.replace(/\W+/g, ' ').trim()} must not know ${to.replace(/\W+/g, ' ').trim()}`,
  severity: 'error',
  from: { path: from, ...(pathNot ? { pathNot } : {}) },
  to: { path: to },
});
const test = '\\.(test|contract)\\.ts$|/testing/';

module.exports = {
  forbidden: [
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\$(app|env)/|^\\./\\$types' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only(
      'only-engine-knows-dockerode',
      'node_modules/(dockerode|docker-modem|@types/dockerode)',
      `${server}engine/`,
    ),
    only('only-storage-knows-the-database', 'node_modules/(drizzle-orm|better-sqlite3)', `${server}storage/`),
    only('only-realtime-knows-socket-io', 'node_modules/socket\\.io/', `${server}realtime/`),
    // ssh is the gateway; the services about keys and sshd read keys and shake hands
    only('only-ssh-knows-ssh2', 'node_modules/(ssh2|@types/ssh2)/', `${server}(ssh/|services/(ssh|sshd)-)`),
    only(
      'only-the-shell-and-tests-use-socket-io-client',
      'node_modules/socket\\.io-client',
      `^src/lib/live/|${test}`,
    ),
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/lib/domain/', pathNot: test },
      to: { pathNot: '^src/lib/domain/|node_modules/zod/' },
    },
    {
      name: 'protocol-knows-domain-only',
      severity: 'error',
      from: { path: '^src/lib/protocol/' },
      to: { pathNot: '^src/lib/(domain|protocol)/' },
    },
    never('^src/lib/(components|live)/', '^src/lib/server/'),
    never(`${server}engine/`, `${server}(hosts|storage|streams|archive|services|loops|http|realtime)/`, test),
    never(`${server}storage/`, `${server}(hosts|engine|streams|archive|services|loops|http|realtime)/`, test),
    never(`${server}hosts/`, `${server}(storage|streams|archive|services|loops|http|realtime)/`, test),
    never(`${server}streams/`, `${server}(storage|hosts|archive|services|loops|http|realtime)/`, test),
    never(`${server}archive/`, `${server}(hosts|services|loops|http|realtime)/`, test),
    never(`${server}services/`, `${server}(loops|http|realtime)/`, test),
    never(`${server}loops/`, `${server}(http|realtime)/`, test),
    never(`${server}(services|loops|hosts|storage|streams|archive|engine)/`, `${server}ssh/`, test),
    never(`${server}ssh/`, `${server}(http|realtime|storage|loops)/`, test),
    never(`${server}(http|realtime|ssh)/`, '^src/routes/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.svelte'],
    },
  },
};
