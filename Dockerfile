# docker build -t slipway .          (compose.yaml shows how to run it)
# Behind a proxy that re-signs https: put its certificate into the base (--build-arg NODE_IMAGE=...) rather than into this file.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: the only one that matters fetches Node.js, and the base has it.
RUN npm ci --ignore-scripts --include=dev
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3200 SLIPWAY_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json /app/server.js ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/server server
COPY --from=build /app/drizzle drizzle
COPY --from=build /app/build build
COPY --from=build /app/scripts/healthcheck.mjs scripts/
RUN mkdir -m 700 /data && chown node:node /data
# The base's own user. Give it the group that owns the engine's socket: --group-add "$(stat -c %g /var/run/docker.sock)".
USER node
VOLUME /data
EXPOSE 3200
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "server.js"]
