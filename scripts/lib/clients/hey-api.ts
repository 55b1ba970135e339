// The same with the client that @hey-api/openapi-ts makes.
import { createClient } from "./generated/hey-api/client/index.js";
import * as cms from "./generated/hey-api/sdk.gen.js";
import type { ArticleInput, ArticleSummaryPartialPage, EditorialImage } from "./generated/hey-api/types.gen.js";

export async function check(baseUrl: string, key: string, picture: Uint8Array): Promise<void> {
  const site = createClient({ baseUrl });
  const desk = createClient({ baseUrl, auth: () => key });

  const list = await cms.listArticles({
    client: site,
    query: { section: ["power", "people"], access: ["public", "registered"], sort: "-publishedAt", limit: 10 },
  });
  if (!list.data) throw new Error(list.error.code);
  assert(list.data.data.length === 10 && list.data.page.next !== null, "a list with filters, and its next page");
  assert(list.data.data.every((a) => ["power", "people"].includes(a.section.slug) && a.access !== "subscriber"), "the filters hold");

  const cut = await cms.listArticles({ client: site, query: { fields: ["headline", "section.name"], limit: 1 } });
  const page: ArticleSummaryPartialPage | undefined = cut.data;
  assert(page?.data[0]?.section?.name !== undefined && page.data[0].slug === undefined, "only the fields that were asked for");

  const slugOrId = list.data.data[0]?.slug ?? "";
  const article = await cms.getArticle({ client: site, path: { slugOrId }, query: { body: ["html", "text"] } });
  assert((article.data?.body?.html?.length ?? 0) > 0 && article.data?.body?.blocks === undefined, "an article in the forms that were asked for");
  const again = await cms.getArticle({
    client: site,
    path: { slugOrId },
    query: { body: ["html", "text"] },
    headers: { "If-None-Match": article.response?.headers.get("ETag") ?? "" },
  });
  assert(again.response?.status === 304, "304 for what the client has");

  const missing = await cms.getArticle({ client: site, path: { slugOrId: "no-such-article" } });
  const code: string | undefined = missing.error?.code;
  assert(missing.response?.status === 404 && code === "not-found", "404 with a code");

  const draft: ArticleInput = { headline: "The night trams stay", section: "politics", body: { markdown: "By 31 votes to 12." } };
  const made = await cms.createArticle({ client: desk, body: draft });
  if (!made.data) throw new Error(made.error.detail);
  const refused = await cms.createArticle({ client: desk, body: { headline: "" } });
  assert(refused.error?.errors?.some((e) => e.pointer === "/headline") === true, "a fault with its pointer");

  const path = { slugOrId: made.data.id };
  const headers = { "If-Match": made.response.headers.get("ETag") ?? "" };
  const changed = await cms.changeArticle({ client: desk, path, headers, body: { kicker: "Transport" } });
  assert(changed.data?.revision === 2, "a change from the present revision");
  const late = await cms.changeArticle({ client: desk, path, headers, body: { kicker: null } });
  assert(late.response?.status === 412 && late.error?.currentRevision === 2, "412 with the present revision");

  // Of an operation that takes JSON and a form, this client has a function for JSON only. A file goes as a form.
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(picture)]));
  form.append("alt", "A harbour");
  form.append("focalX", "0.5");
  form.append("focalY", "0.25");
  const upload = await desk.post<EditorialImage>({
    url: "/v1/editorial/images",
    body: form,
    bodySerializer: null,
    headers: { "Content-Type": null },
    security: [{ scheme: "bearer", type: "http" }],
  });
  const uploaded = upload.data as EditorialImage | undefined;
  if (!uploaded) throw new Error(`no image: ${upload.response?.status}`);
  const inner = await cms.uploadImage({ client: desk, body: { url: "http://127.0.0.1/picture.png" } });
  assert(inner.response?.status === 422, "an address within the server's own network is refused");
  const image = await cms.getEditorialImage({ client: desk, path: { id: uploaded.id } });
  assert(image.data?.focalPoint?.y === 0.25, "an uploaded image");
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`hey-api: ${what}`);
}
