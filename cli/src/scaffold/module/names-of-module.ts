import {
  camelCase,
  constantCase,
  kebabCase,
  pascalCase,
  pluralOf,
  snakeCase,
  spaced,
  withArticle,
} from "../names.ts";

/** Every form in which a module and its thing appear in its files. */
export interface ModuleNames {
  /** Contract and schema: `gift_cards`. */
  readonly module: string;
  /** The contract in code: `giftCards`. */
  readonly contract: string;
  readonly directory: string;
  readonly codePrefix: string;
  /** `GiftCardsTables`. */
  readonly tables: string;
  /** `shipment`, with spaces. */
  readonly thing: string;
  readonly aThing: string;
  readonly things: string;
  readonly camel: string;
  readonly pascal: string;
  readonly kebab: string;
  /** `SHIPMENT_NOT_FOUND` begins with it. */
  readonly constant: string;
  readonly table: string;
  /** `/v1/shipments`. */
  readonly path: string;
}

export function namesOfModule(module: string, thing: string, plural = pluralOf(thing)): ModuleNames {
  return {
    module,
    contract: camelCase(module),
    directory: kebabCase(module),
    codePrefix: constantCase(module),
    tables: `${pascalCase(module)}Tables`,
    thing: spaced(thing),
    aThing: withArticle(spaced(thing)),
    things: spaced(plural),
    camel: camelCase(thing),
    pascal: pascalCase(thing),
    kebab: kebabCase(thing),
    constant: constantCase(thing),
    table: snakeCase(plural),
    path: `/v1/${kebabCase(plural)}`,
  };
}
