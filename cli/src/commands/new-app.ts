import { EXIT } from "../exit-code.ts";
import { plainCommand } from "../project-command.ts";

interface NewAppWords {
  readonly module?: string;
  readonly thing?: string;
  readonly yes?: true;
  readonly install: boolean;
  readonly git: boolean;
  readonly dryRun?: true;
  readonly packages?: string;
}

export const newApp = plainCommand<NewAppWords>({
  name: "app",
  summary: "Make a new project with one module, as `npm create ashlar` does.",
  details: "Asks for what is not given, on a terminal; elsewhere it takes the usual.",
  example: "ashlar new app my-shop --module orders",
  configure: (command) =>
    command
      .argument("[directory]", "where to put it; its last part is the project's name")
      .option("--module <name>", "the first module")
      .option("--thing <name>", "what it is about; else its name without a plural's s")
      .option("-y, --yes", "ask nothing")
      .option("--no-install", "do not run npm install")
      .option("--no-git", "do not make it a git repository")
      .option("--dry-run", "show what would be written, and write nothing")
      .option("--packages <directory>", "take Ashlar's packages from tarballs in a directory"),
  async run(desk, options, [target]) {
    const { askApp } = await import("../scaffold/app/ask-app.ts");
    const answered = await askApp({ target, module: options.module }, options.yes === true);
    if (answered === null) return EXIT.interrupted;
    const { appRequest } = await import("../scaffold/app/app-request.ts");
    const { newApp } = await import("../scaffold/app/new-app.ts");
    const { toldApp } = await import("../scaffold/app/told-app.ts");
    const from = process.cwd();
    const dryRun = options.dryRun === true;
    try {
      const app = await newApp(appRequest({ ...answered, thing: options.thing }, from), {
        install: options.install,
        git: options.git,
        dryRun,
        packages: options.packages,
        from,
        signal: desk.signal,
        progress: (step) => desk.progress(`${step} …`),
      });
      desk.answer({ ...app, files: app.files.map(({ path }) => path) }, () => toldApp(app, from, dryRun));
      return EXIT.done;
    } catch (error) {
      if (desk.signal.aborted) return EXIT.interrupted;
      throw error;
    }
  },
});
