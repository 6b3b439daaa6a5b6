import type { AppFile } from "./app-files.ts";
import type { AppRequest } from "./app-request.ts";

/** What holds for the whole workspace: compiler, formatter, what git leaves out, who owns what. */
export function workspaceFiles({ name, module }: AppRequest): AppFile[] {
  return [
    { path: ".npmrc", text: "save-exact=true\n" },
    { path: ".gitignore", text: "node_modules/\n.types/\n.ashlar/\n.env\n*.log\n" },
    { path: "biome.json", text: BIOME },
    { path: "tsconfig.base.json", text: TSCONFIG_BASE },
    { path: "tsconfig.json", text: tsconfig(module) },
    {
      path: "CODEOWNERS",
      text: `# Who is asked to review what: a line for each module. \`ashlar graph\` shows the owners.
# Owners are people or teams of your organisation, like this:
#
# /modules/${module}/ @${name}/${module}
`,
    },
  ];
}

function tsconfig(module: string): string {
  return `{
  "files": [],
  "references": [{ "path": "modules/${module}" }, { "path": "host" }]
}
`;
}

const BIOME = `{
  "$schema": "./node_modules/@biomejs/biome/configuration_schema.json",
  "vcs": {
    "enabled": true,
    "clientKind": "git",
    "useIgnoreFile": true
  },
  "formatter": {
    "indentStyle": "space",
    "indentWidth": 2,
    "lineWidth": 110
  },
  "linter": {
    "enabled": true,
    "rules": {
      "preset": "recommended",
      "style": {
        "noNonNullAssertion": "off"
      }
    }
  },
  "assist": {
    "actions": {
      "source": {
        "organizeImports": "on"
      }
    }
  }
}
`;

const TSCONFIG_BASE = `{
  "compilerOptions": {
    "target": "esnext",
    "lib": ["esnext"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "noImplicitOverride": true,
    "noFallthroughCasesInSwitch": true,
    "composite": true,
    "emitDeclarationOnly": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "noEmitOnError": true,
    "skipLibCheck": true
  }
}
`;
