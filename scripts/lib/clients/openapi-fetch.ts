// What a site and an editor's tool do, with openapi-typescript's types and openapi-fetch: compiled, which shows that the types allow what must be possible and
// nothing else, and run.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/cms.v1.d.ts";

type Schemas = components["schemas"];

export async function check(baseUrl: string, key: string, picture: Uint8Array): Promise<void> {
  // Repeats the parameters of lists, as this library does by default. (The app below sends commas.)
  const site = createClient<paths>({ baseUrl });
  const desk = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

  const list = await site.GET("/v1/articles", {
    params: { query: { section: ["power", "people"], access: ["public", "registered"], sort: "-publishedAt", limit: 10 } },
  });
  if (list.error) throw new Error(`${list.error.code}: ${list.error.detail}`);
  const next: string | null = list.data.page.next;
  assert(list.data.data.length === 10 && next !== null, "a list with filters, and its next page");
  assert(list.data.data.every((a) => ["power", "people"].includes(a.section.slug) && a.access !== "subscriber"), "the filters hold");

  // An answer that was cut is assigned to the type that says so.
  const cut = await site.GET("/v1/articles", { params: { query: { fields: ["headline", "section.name"], limit: 1 } } });
  const page: Schemas["ArticleSummaryPartialPage"] | undefined = cut.data;
  assert(page?.data[0]?.section?.name !== undefined && page.data[0].slug === undefined, "only the fields that were asked for");

  const slug = list.data.data[0]?.slug ?? "";
  const article = await site.GET("/v1/articles/{slugOrId}", { params: { path: { slugOrId: slug } } });
  if (article.error) throw new Error(article.error.title);
  assert((article.data.body?.blocks ?? []).map(show).join("").length > 0, "an article with its blocks");
  const again = await site.GET("/v1/articles/{slugOrId}", {
    params: { path: { slugOrId: slug }, header: { "If-None-Match": article.response.headers.get("ETag") ?? "" } },
  });
  assert(again.response.status === 304, "304 for what the client has");

  const missing = await site.GET("/v1/articles/{slugOrId}", { params: { path: { slugOrId: "no-such-article" } } });
  const code: string | undefined = missing.error?.code;
  assert(missing.response.status === 404 && code === "not-found", "404 with a code");

  const draft: Schemas["ArticleInput"] = {
    headline: "The last ferry to Saltmere",
    section: "people",
    authors: ["mara-lindqvist"],
    body: { blocks: [{ type: "paragraph", html: "It leaves at 23:10." }, { type: "list", ordered: false, items: [{ html: "Nurses" }] }] },
  };
  const made = await desk.POST("/v1/editorial/articles", { body: draft });
  if (made.error) throw new Error(made.error.code);
  const refused = await desk.POST("/v1/editorial/articles", { body: { headline: "", section: "no-such-section" } });
  assert(refused.error?.errors?.some((e) => e.pointer === "/headline") === true, "a fault with its pointer");

  const path = { slugOrId: made.data.id };
  const header = { "If-Match": made.response.headers.get("ETag") ?? "" };
  const changed = await desk.PATCH("/v1/editorial/articles/{slugOrId}", {
    params: { path, header },
    body: { kicker: null, body: { markdown: "It leaves at 23:10, *as ever*." } },
  });
  assert(changed.data?.revision === 2, "a change from the present revision");
  const late = await desk.PATCH("/v1/editorial/articles/{slugOrId}", { params: { path, header }, body: { kicker: "Islands" } });
  assert(late.response.status === 412 && late.error?.currentRevision === 2, "412 with the present revision");

  const upload = await desk.POST("/v1/editorial/images", {
    body: { file: "", alt: "A harbour" },
    bodySerializer: ({ alt }) => {
      const form = new FormData();
      form.append("file", new Blob([new Uint8Array(picture)]), "harbour.jpg");
      form.append("alt", alt ?? "");
      return form;
    },
  });
  if (upload.error) throw new Error(upload.error.detail);
  const image = await desk.GET("/v1/editorial/images/{id}", { params: { path: { id: upload.data.id } } });
  assert(image.data?.alt === "A harbour", "an uploaded image");

  const status: "draft" | "inReview" | "scheduled" | "published" | "unpublished" | "trashed" = (await desk.POST("/v1/editorial/articles/{slugOrId}/publish", { params: { path } }))
    .data!.status;
  assert(status === "published", "published");
  assert((await sync(baseUrl)) > 80, "a copy of the newsroom");
}

// Every kind of block, told apart by its type: a new kind must break this.
function show(block: Schemas["Block"]): string {
  switch (block.type) {
    case "paragraph":
    case "html":
      return block.html;
    case "heading":
      return `<h${block.level}>${block.html}</h${block.level}>`;
    case "list":
      return block.items.map((i) => i.html + (i.list?.items.length ?? 0)).join();
    case "quote":
      return block.paragraphs.join() + (block.attribution ?? "");
    case "image":
      return `<img src="${block.image.url ?? ""}" alt="${block.image.alt ?? ""}">`;
    case "embed":
      return block.url;
    case "code":
      return block.code;
    case "table":
      return block.rows.map((r) => r.join()).join();
    case "divider":
      return "<hr>";
    default:
      return block satisfies never;
  }
}

// An app's copy: every kind of change, told apart by its type. Of the two media types that a sync can be had in, the client takes JSON.
async function sync(baseUrl: string): Promise<number> {
  const app = createClient<paths, "application/json" | "application/problem+json">({ baseUrl, querySerializer: { array: { style: "form", explode: false } } });
  const copy = new Map<string, string>();
  for (let cursor: string | undefined; ; ) {
    const { data, error } = await app.GET("/v1/sync", {
      params: { query: cursor === undefined ? { types: ["article", "tag", "image", "author", "section"], body: ["html"], limit: 60 } : { cursor } },
    });
    if (error) throw new Error(error.code === "sync-expired" ? `start again at ${error.restart ?? ""}` : error.title);
    for (const change of data.changes)
      if (change.op === "upsert") copy.set(change.id, name(change));
      else copy.delete(change.id);
    cursor = data.cursor;
    if (!data.hasMore) return copy.size;
  }
}

function name(change: Schemas["EntityChange"]): string {
  switch (change.type) {
    case "article":
      return `${change.data?.headline ?? change.reason ?? ""} by ${change.data?.authors.join() ?? ""}`;
    case "section":
    case "author":
      return change.data?.name ?? "";
    case "tag":
      return change.data?.slug ?? "";
    case "image":
      return change.data?.credit ?? "";
    default:
      return change satisfies never;
  }
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`openapi-fetch: ${what}`);
}

export async function mustNotCompile(): Promise<void> {
  const site = createClient<paths>({ baseUrl: "" });
  // @ts-expect-error there is no such sort
  await site.GET("/v1/articles", { params: { query: { sort: "views" } } });
  // @ts-expect-error there is no such parameter
  await site.GET("/v1/articles", { params: { query: { page: 2 } } });
  // @ts-expect-error an article needs a headline
  await site.POST("/v1/editorial/articles", { body: { kicker: "Islands" } });
  // @ts-expect-error a headline cannot be taken away
  await site.PATCH("/v1/editorial/articles/{slugOrId}", { params: { path: { slugOrId: "x" }, header: { "If-Match": "" } }, body: { headline: null } });
  // @ts-expect-error there is no such event
  await site.POST("/v1/editorial/webhooks", { body: { url: "https://site.example/", events: ["article.read"] } });
  // @ts-expect-error a change says which revision it starts from
  await site.PATCH("/v1/editorial/articles/{slugOrId}", { params: { path: { slugOrId: "x" } }, body: {} });
  // @ts-expect-error delivery is read only
  await site.POST("/v1/articles", {});
}
