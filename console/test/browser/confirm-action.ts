import type { Page } from "playwright-core";

/** Goes through the dialog that a button has opened, and returns what it says at the end. */
export async function confirmAction(
  page: Page,
  label: string,
  count: string,
  reason: string,
): Promise<string> {
  const dialog = page.getByRole("dialog", { name: label });
  await dialog.getByRole("textbox").fill(reason);
  await dialog.getByRole("button", { name: `${label} (${count})` }).click();
  const done = dialog.locator("[data-step=done] p");
  await done.waitFor();
  const text = await done.innerText();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  return text;
}
