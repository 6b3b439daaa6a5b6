import { defineModule } from "ashlar/module";
import { definition, performCapture } from "./capture-payment.ts";

export default defineModule(definition, {
  handlers: [],
  jobs: [performCapture],
  migrations: new URL("./migrations/", import.meta.url),
});
