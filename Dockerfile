# All four services as one process on the embedded engine.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps apps
COPY libs libs
COPY nx.json tsconfig.base.json tsconfig.json ./
RUN npm ci --ignore-scripts && npx tsc --build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production NODE_OPTIONS=--conditions=production ADVOCATE_DATA_DIR=/data ADVOCATE_GRPC_HOST=0.0.0.0 ADVOCATE_GRPC_PORT=50051
VOLUME /data
EXPOSE 50051
CMD ["node", "apps/all-in-one/dist/main.js"]
