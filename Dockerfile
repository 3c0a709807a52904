# syntax=docker/dockerfile:1
# The command as an image: docker build --tag vestibule .
# deploy/README.md says how to run it. packages/cli/src/deploy/container.slow.test.ts carries these steps out.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN node scripts/setup.mjs
RUN npm run build:standalone
RUN mkdir -m 0700 /src/empty

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Vestibule" \
      org.opencontainers.image.description="Sign-in for modular backends." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim"
ENV NODE_ENV=production
COPY --from=build /src/dist-standalone /vestibule
# For SQLite; a volume that is mounted here gets its owner from it.
COPY --from=build --chown=10001:10001 /src/empty /data
USER 10001:10001
# app-config.yaml is mounted here, where start and health look for it.
WORKDIR /etc/vestibule
EXPOSE 7007
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/vestibule/vestibule.mjs", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--max-semi-space-size=8", "/vestibule/vestibule.mjs"]
CMD ["start"]
