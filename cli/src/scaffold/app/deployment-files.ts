import { snakeCase } from "../names.ts";
import type { AppFile } from "./app-files.ts";
import type { AppRequest } from "./app-request.ts";
import { PINNED } from "./pinned-versions.ts";

/** What brings the project to where it runs: pipeline, image, and both with a database. */
export function deploymentFiles({ name }: AppRequest): AppFile[] {
  return [
    { path: ".github/workflows/ci.yml", text: CI },
    { path: "Dockerfile", text: DOCKERFILE },
    { path: ".dockerignore", text: DOCKERIGNORE },
    { path: "compose.yaml", text: compose(name) },
  ];
}

const CI = `name: CI
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v5
        with:
          # \`ashlar check\` compares with the commit before.
          fetch-depth: 0
      - uses: actions/setup-node@v5
        with:
          node-version: ${PINNED.node}
          cache: npm
      - run: npm ci
      - run: npm run check
      # Brings its own PostgreSQL.
      - run: npm test
`;

const DOCKERFILE = `# The app as it runs in production, from its sources: Node strips the types, so nothing is built.
# It needs DATABASE_URL and API_TOKEN. The embedded PostgreSQL is for development and left out here.

# The manifests alone, so that packages are installed anew only when one of them changes.
FROM node:${PINNED.node}-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc ! -path "./vendor/*" -delete

FROM node:${PINNED.node}-slim AS packages
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:${PINNED.node}-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY modules ./modules
COPY host ./host
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \\
  CMD ["node", "--eval", "fetch(\`http://127.0.0.1:\${process.env.PORT}/health/ready\`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not by way of npm, which would stand between the app and its signals.
CMD ["node", "--import", "ashlar/boundary/register", "host/main.ts"]
`;

const DOCKERIGNORE = `.git
.ashlar
.types
.env
**/node_modules
**/test
*.log
`;

function compose(name: string): string {
  const database = snakeCase(name);
  return `# The app with a PostgreSQL of its own:  POSTGRES_PASSWORD=… API_TOKEN=… docker compose up --build
# The password becomes a part of an address: take letters and digits.
services:
  app:
    build: .
    environment:
      DATABASE_URL: postgres://postgres:\${POSTGRES_PASSWORD:?set it}@database:5432/${database}
      API_TOKEN: \${API_TOKEN:?set it, at least 16 characters}
      LOG_LEVEL: \${LOG_LEVEL:-info}
    ports:
      - 127.0.0.1:\${PORT:-3000}:3000
    depends_on:
      database:
        condition: service_healthy
    restart: unless-stopped
    # Longer than requests in progress and jobs under way are waited for.
    stop_grace_period: 30s
  database:
    image: postgres:18
    environment:
      POSTGRES_DB: ${database}
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?set it}
    volumes:
      - data:/var/lib/postgresql
    healthcheck:
      # Over TCP: while the image makes the database, its server listens on a socket only.
      test: [CMD, pg_isready, --host=127.0.0.1, --username=postgres, --dbname=${database}]
      interval: 2s
      timeout: 5s
      retries: 30
    restart: unless-stopped
volumes:
  data:
`;
}
