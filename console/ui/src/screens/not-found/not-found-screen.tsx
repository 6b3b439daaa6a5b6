import { Link } from "wouter";
import { Empty, Page } from "../../elements/index.ts";

/** For an address that is none of the console's. */
export function NotFoundScreen() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page" hint={<Link href="/">Go to what is now</Link>} />
    </Page>
  );
}
