import { defineModule } from "ashlar/module";
import { definition } from "./definition.ts";
import { getProduct } from "./get-product.ts";
import { importProducts } from "./import-products.ts";
import { releaseStock } from "./release-stock.ts";
import { reserveStock } from "./reserve-stock.ts";
import { routes } from "./routes.ts";
import { searchProducts } from "./search-products.ts";
import { setStock } from "./set-stock.ts";

// For hosts: what a command line and a first start need beside the operations.
export { demoProducts } from "./demo-products.ts";
export {
  detectFormat,
  type ImportFileOptions,
  type ImportFormat,
  type ImportProgress,
  importProductFile,
} from "./import-file.ts";

export default defineModule(definition, {
  handlers: [importProducts, searchProducts, getProduct, setStock, reserveStock, releaseStock],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
