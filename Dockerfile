# Every service, the console, the all-in-one process and the command line in one image; the command says which of them runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
# Where packages come from, if not from npm's own registry.
ARG NPM_CONFIG_REGISTRY
COPY . .
RUN npm ci --ignore-scripts
RUN NX_DAEMON=false npm run build
# What stays: manifests, JavaScript, and the packages that it needs when it runs.
RUN rm -r apps/suite-tests libs/testing libs/test-servers && npm prune --omit=dev --ignore-scripts
RUN find apps libs -type f ! -path '*/node_modules/*' ! -path '*/bin/*' ! -path '*/dist/*.js' ! -path '*/dist/web/*' ! -name package.json -delete && \
    find apps libs -type f ! -path '*/node_modules/*' \( -path '*/testing/*' -o -name '*.test.js' -o -name '*.fixture.js' \
      -o -name test-support.js -o -name '*.contract.js' -o -name contracts.js \) -delete && \
    find apps libs node_modules -type d -empty -delete

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/apps apps
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production NODE_OPTIONS=--conditions=production ADVOCATE_DATA_DIR=/data ADVOCATE_GRPC_HOST=0.0.0.0 ADVOCATE_HTTP_HOST=0.0.0.0
EXPOSE 50051 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "libs/service/dist/check-health.js"]
CMD ["node", "apps/all-in-one/dist/main.js"]
