import { bySql, type PlantedFault } from "./planted-fault.ts";

export const tableFaults: readonly PlantedFault[] = [
  {
    check: "foreign-key-indexes",
    fault: "a foreign key has no index",
    severity: "warning",
    says: /ordering\.notes \("order", kind\) → ordering\.kinds/,
    remedy: /create index concurrently notes_order_kind_idx on ordering\.notes \("order", kind\);/,
    ...bySql(
      [
        'create table ordering.kinds ("order" int, kind int, primary key ("order", kind))',
        'create table ordering.notes (id int primary key, "order" int, kind int, foreign key ("order", kind) references ordering.kinds)',
        // Its first column is another, so it does not serve.
        'create index on ordering.notes (id, "order", kind)',
      ],
      "drop table ordering.notes, ordering.kinds",
    ),
  },
  {
    check: "foreign-key-indexes",
    fault: "the index of a foreign key leaves rows out",
    severity: "warning",
    says: /ordering\.notes \(order_id\)/,
    ...bySql(
      [
        "create table ordering.notes (id int primary key, order_id bigint references ordering.orders)",
        "create index on ordering.notes (order_id) where id > 10",
      ],
      "drop table ordering.notes",
    ),
  },
  {
    check: "invalid-indexes",
    fault: "an index was not built to its end",
    severity: "warning",
    says: /ordering\.once on ordering\.notes/,
    remedy: /reindex index concurrently ordering\.once;/,
    async plant(clinic) {
      await clinic.sql("create table ordering.notes (id int)", "insert into ordering.notes values (1), (1)");
      await clinic.sql("create unique index concurrently once on ordering.notes (id)").then(
        () => Promise.reject(new Error("The index was built.")),
        () => {},
      );
      return () => clinic.sql("drop table ordering.notes");
    },
  },
  {
    check: "duplicate-indexes",
    fault: "an index is there twice",
    severity: "warning",
    says: /ordering\.second repeats ordering\.first/,
    remedy: /drop index concurrently ordering\.second;/,
    ...bySql(
      [
        "create index first on ordering.orders (placed_at) where id > 10",
        "create index second on ordering.orders (placed_at) where id > 10",
        // Look-alikes, of which none repeats another.
        "create index third on ordering.orders (placed_at) where id > 20",
        "create index fourth on ordering.orders (placed_at desc)",
        "create index fifth on ordering.orders using hash (placed_at)",
      ],
      "drop index ordering.first, ordering.second, ordering.third, ordering.fourth, ordering.fifth",
    ),
  },
  {
    check: "duplicate-indexes",
    fault: "an index repeats the primary key",
    severity: "warning",
    says: /ordering\.again repeats ordering\.orders_pkey/,
    ...bySql("create index again on ordering.orders (id)", "drop index ordering.again"),
  },
  {
    check: "duplicate-indexes",
    fault: "an index is the beginning of another",
    severity: "note",
    says: /ordering\.short begins ordering\.lines_pkey/,
    ...bySql("create index short on ordering.lines (order_id)", "drop index ordering.short"),
  },
  {
    check: "primary-keys",
    fault: "a table has no primary key",
    severity: "warning",
    says: /ordering\.notes/,
    ...bySql("create table ordering.notes (id int unique)", "drop table ordering.notes"),
  },
  {
    check: "sequences",
    fault: "a sequence is half used up",
    severity: "warning",
    says: /ordering\.numbers \(smallint\) is at 20000, 61 % of its range; feeds ordering\.notes\.id/,
    remedy: /bigint/,
    ...bySql(
      [
        "create table ordering.notes (id smallint primary key)",
        "create sequence ordering.numbers as smallint owned by ordering.notes.id",
        "select setval('ordering.numbers', 20000)",
      ],
      "drop table ordering.notes",
    ),
  },
  {
    check: "sequences",
    fault: "a sequence is nearly used up",
    severity: "error",
    says: /99 % of its range/,
    ...bySql(
      ["create sequence ordering.numbers maxvalue 1000", "select setval('ordering.numbers', 999)"],
      "drop sequence ordering.numbers",
    ),
  },
];
