import assert from "node:assert/strict";
import { test } from "node:test";
import { closed, command, contract, query, Type, view } from "../../src/contract/index.ts";
import {
  type AnyRoute,
  type AppParts,
  anyone,
  BootError,
  createApp,
  define,
  defineModule,
  type Fault,
  type Handler,
  type Module,
  signedIn,
} from "../../src/module/index.ts";

const nothing = closed({});
const parts = { input: nothing, output: nothing };

const shelf = contract("shelf", {
  put: command({ transaction: "own", ...parts }),
  look: query(parts),
  content: view({ view: "content", row: closed({ sku: Type.String() }) }),
});
const desk = contract("desk", { write: command({ transaction: "own", ...parts }) });

const inShelf = define(shelf);
const inDesk = define(desk);
const done = async () => ({});
const put = inShelf.handle(shelf.put, done);
const look = inShelf.handle(shelf.look, done);
const write = inDesk.handle(desk.write, done);

const goodShelf = defineModule(inShelf, { handlers: [put, look] });
const goodDesk = defineModule(inDesk, { handlers: [write] });

function faultsOf(composed: Partial<AppParts>): readonly Fault[] {
  try {
    createApp({ name: "house", modules: [], ...composed });
  } catch (error) {
    assert.ok(error instanceof BootError, String(error));
    assert.equal(error.code, "ASHLAR_BOOT_REFUSED");
    for (const { code, module, key, message } of error.faults) {
      assert.ok(error.message.includes(`${module}: ${key}: ${message} [${code}]`));
    }
    return error.faults;
  }
  return [];
}

/** The one fault expected, as `code module key`; its message must say `remedy`. */
function refuses(composed: Partial<AppParts>, expected: string, remedy: RegExp): void {
  const faults = faultsOf(composed);
  assert.deepEqual(
    faults.map(({ code, module, key }) => `${code} ${module} ${key}`),
    [expected],
  );
  assert.match(faults[0]!.message, remedy);
}

function shelfWith(changes: Partial<Module>): Module {
  return { ...goodShelf, ...changes };
}

test("an app of sound modules is composed without a database", () => {
  const app = createApp({ name: "house", modules: [goodShelf, goodDesk] });
  assert.deepEqual(
    app.graph.modules.map(({ name }) => name),
    ["shelf", "desk"],
  );
});

test("all faults of all modules are reported together", () => {
  const faults = faultsOf({
    name: "My House",
    modules: [shelfWith({ handlers: [put] }), { ...goodDesk, uses: [contract("attic", {})] }],
    settings: { cellar: {} },
  });
  assert.deepEqual(
    faults.map(({ code }) => code),
    [
      "ASHLAR_APP_NAME_INVALID",
      "ASHLAR_HANDLER_MISSING",
      "ASHLAR_USES_UNKNOWN_MODULE",
      "ASHLAR_SETTING_UNKNOWN",
    ],
  );
});

test("an app's name that cannot prefix a role is refused", () => {
  for (const name of ["", "Shop", "1shop", "my-shop", "s".repeat(21)]) {
    refuses({ name }, `ASHLAR_APP_NAME_INVALID app name "${name}"`, /at most 20 characters/);
  }
});

test("two modules of one name are refused", () => {
  refuses({ modules: [goodShelf, goodShelf] }, "ASHLAR_MODULE_DUPLICATE shelf name", /rename one contract/);
});

test("a used module that the host left out is refused", () => {
  const inUser = define(desk, { uses: [shelf] });
  refuses(
    { modules: [defineModule(inUser, { handlers: [write] })] },
    "ASHLAR_USES_UNKNOWN_MODULE desk uses shelf",
    /add it to the host's `modules` or remove it from `uses`/,
  );
});

test("a used contract that is not the one of the module by that name is refused", () => {
  const copy = contract("shelf", { put: command({ transaction: "own", ...parts }) });
  const inUser = define(desk, { uses: [copy] });
  refuses(
    { modules: [goodShelf, defineModule(inUser, { handlers: [write] })] },
    "ASHLAR_USES_UNKNOWN_MODULE desk uses shelf",
    /another contract of that name/,
  );
});

test("an operation that nothing carries out is refused", () => {
  refuses(
    { modules: [shelfWith({ handlers: [put] })] },
    "ASHLAR_HANDLER_MISSING shelf shelf.look",
    /write its use case and list it in `handlers`/,
  );
});

test("an operation that two use cases carry out is refused", () => {
  refuses(
    { modules: [shelfWith({ handlers: [put, look, put] })] },
    "ASHLAR_HANDLER_DUPLICATE shelf shelf.put",
    /keep one/,
  );
});

test("a use case of another module's operation is refused", () => {
  refuses(
    { modules: [shelfWith({ handlers: [put, look, write as Handler] }), goodDesk] },
    "ASHLAR_HANDLER_FOREIGN shelf desk.write",
    /belongs to desk/,
  );
});

test("a view of a module that the host left out is refused", () => {
  const inReader = define(desk, { reads: [shelf.content] });
  refuses(
    { modules: [defineModule(inReader, { handlers: [write] })] },
    "ASHLAR_READS_UNKNOWN_VIEW desk reads shelf.content",
    /add it to the host's `modules`/,
  );
});

test("a module that lists its own view as another's is refused", () => {
  refuses(
    { modules: [shelfWith({ reads: [shelf.content] })] },
    "ASHLAR_READS_OWN_VIEW shelf reads shelf.content",
    /belong to its `tables`/,
  );
});

test("a view that its owner's contract does not declare is refused", () => {
  const copy = contract("shelf", { cellar: view({ view: "cellar", row: closed({ sku: Type.String() }) }) });
  const inReader = define(desk, { reads: [copy.cellar] });
  refuses(
    { modules: [goodShelf, defineModule(inReader, { handlers: [write] })] },
    "ASHLAR_READS_UNKNOWN_VIEW desk reads shelf.cellar",
    /does not declare/,
  );
});

test("a setting that is missing, wrong or unknown is refused by its path", () => {
  const settings = closed({ price: closed({ cents: Type.Integer() }), label: Type.String() });
  const module = defineModule(define(shelf, { settings }), { handlers: [put, look] });
  const given = { shelf: { price: { cents: "12" }, lable: "misspelt" } };
  assert.deepEqual(
    faultsOf({ modules: [module], settings: given })
      .map(({ code, module, key }) => `${code} ${module} ${key}`)
      .sort(),
    [
      "ASHLAR_SETTING_INVALID shelf settings.label",
      "ASHLAR_SETTING_INVALID shelf settings.lable",
      "ASHLAR_SETTING_INVALID shelf settings.price.cents",
    ],
  );
  assert.deepEqual(
    faultsOf({ modules: [module] }).map(({ key }) => key),
    ["settings.price", "settings.label"],
  );
  assert.deepEqual(
    faultsOf({ modules: [module], settings: { shelf: { price: { cents: 12 }, label: "x" } } }),
    [],
  );
});

test("settings that no module asks for are refused", () => {
  refuses(
    { modules: [goodShelf], settings: { shelf: { colour: "red" } } },
    "ASHLAR_SETTING_UNKNOWN shelf settings",
    /declares no settings; remove them/,
  );
  refuses(
    { modules: [goodShelf], settings: { shelv: {} } },
    "ASHLAR_SETTING_UNKNOWN shelv settings",
    /no such module/,
  );
});

test("calls that go round in a circle are refused, and the circle is shown", () => {
  const modules = [
    shelfWith({ uses: [desk] }),
    { ...goodDesk, uses: [shelf] },
    defineModule(define(contract("attic", {}), { uses: [desk] }), { handlers: [] }),
  ];
  refuses(
    { modules },
    "ASHLAR_CALL_CYCLE shelf uses",
    /shelf -> desk -> shelf; turn one of them into an event/,
  );
  refuses({ modules: [shelfWith({ uses: [shelf] })] }, "ASHLAR_CALL_CYCLE shelf uses", /shelf -> shelf/);
});

test("modules that meet again without a circle are composed", () => {
  const attic = contract("attic", {});
  const modules = [
    defineModule(define(attic, { uses: [shelf, desk] }), { handlers: [] }),
    { ...goodDesk, uses: [shelf] },
    goodShelf,
  ];
  assert.deepEqual(faultsOf({ modules }), []);
});

test("a directory of migrations that does not exist is refused", () => {
  const migrations = new URL("nowhere/", import.meta.url);
  refuses({ modules: [shelfWith({ migrations })] }, "ASHLAR_MIGRATIONS_MISSING shelf migrations", /nowhere/);
});

const route = inShelf.route(shelf.put, {
  method: "POST",
  path: "/v1/things",
  auth: anyone,
  summary: "Puts.",
  input: () => ({}),
});

function refusesRoute(changes: object, expected: string, remedy: RegExp): void {
  const routes = [{ ...route, ...changes } as AnyRoute];
  refuses({ modules: [shelfWith({ routes }), goodDesk] }, expected, remedy);
}

test("a sound route is taken", () => {
  assert.deepEqual(faultsOf({ modules: [shelfWith({ routes: [route] })] }), []);
});

test("a route without an auth policy is refused", () => {
  refusesRoute(
    { auth: undefined },
    "ASHLAR_ROUTE_WITHOUT_AUTH shelf POST /v1/things",
    /auth: anyone, signedIn/,
  );
});

test("a route for known callers needs an app that can tell them", () => {
  const changes = { auth: signedIn() };
  refusesRoute(changes, "ASHLAR_NO_AUTHENTICATOR shelf POST /v1/things", /`authenticate` in createApp/);
  const modules = [shelfWith({ routes: [{ ...route, ...changes } as AnyRoute] })];
  assert.deepEqual(faultsOf({ modules, authenticate: async () => null }), []);
});

test("a path that no router would understand is refused", () => {
  for (const path of ["/v1/things/", "/v1//things", "/v1/things/:id", "/v1/a b", "v1/things", "/"]) {
    refusesRoute({ path }, `ASHLAR_ROUTE_PATH_INVALID shelf POST ${path}`, /without a trailing slash/);
  }
});

test("a route to another module's operation is refused", () => {
  refusesRoute(
    { operation: desk.write },
    "ASHLAR_ROUTE_FOREIGN shelf POST /v1/things",
    /it serves desk\.write/,
  );
});

test("GET does not serve a command, nor take a body", () => {
  refusesRoute({ method: "GET" }, "ASHLAR_ROUTE_GET_COMMAND shelf GET /v1/things", /use POST, PUT or DELETE/);
  refusesRoute(
    { method: "GET", operation: shelf.look, body: nothing },
    "ASHLAR_ROUTE_BODY shelf GET /v1/things",
    /use `query` or another method/,
  );
});

test("an idempotency key on a query is refused", () => {
  refusesRoute(
    { operation: shelf.look, idempotency: "optional" },
    "ASHLAR_ROUTE_IDEMPOTENCY_QUERY shelf POST /v1/things",
    /remove `idempotency`/,
  );
});

test("parameters in the path and in the schema must be the same", () => {
  const expected = "ASHLAR_ROUTE_PARAMS shelf POST /v1/things/{id}";
  refusesRoute({ path: "/v1/things/{id}" }, expected, /the path names \{id\} and `params` \{\}/);
  const params = closed({ sku: Type.String() });
  refusesRoute({ path: "/v1/things/{id}", params }, expected, /\{id\} and `params` \{sku\}/);
});

test("two routes that a router could not tell apart are refused, across modules too", () => {
  const params = (name: string) => closed({ [name]: Type.String() });
  const byId = { ...route, path: "/v1/things/{id}", params: params("id") } as AnyRoute;
  const bySku = {
    ...route,
    operation: desk.write,
    path: "/v1/things/{sku}",
    params: params("sku"),
  } as AnyRoute;
  refuses(
    { modules: [shelfWith({ routes: [byId] }), { ...goodDesk, routes: [bySku] }] },
    "ASHLAR_ROUTE_DUPLICATE desk POST /v1/things/{sku}",
    /shelf serves the same method and path/,
  );
});
