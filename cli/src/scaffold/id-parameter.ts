/** Whether a part of a path is an id, by its name. */
export const isId = (parameter: string) => parameter === "id" || parameter.endsWith("Id");
