// A site and an editor's tool in small, to be compiled, not run: what they do must be possible with the types that are
// made from the contract, and what they must not do must not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./types/cms.v1.d.ts";

type Schemas = components["schemas"];

const site = createClient<paths>({ baseUrl: "https://cms.example" });

export async function frontPage(): Promise<string[]> {
  const { data, error } = await site.GET("/v1/articles", {
    params: { query: { section: ["power", "people"], sort: "-publishedAt", limit: 10, body: ["none"] } },
  });
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  const next: string | null = data.page.next;
  return [
    ...data.data.map((a) => `${a.kicker ?? ""} ${a.headline} (${a.section.name}), ${a.heroImage?.credit ?? "no picture"}`),
    next ?? "",
  ];
}

export async function article(slug: string, etag: string | undefined): Promise<string> {
  const { data, error, response } = await site.GET("/v1/articles/{slugOrId}", {
    params: { path: { slugOrId: slug }, ...(etag === undefined ? {} : { header: { "If-None-Match": etag } }) },
  });
  if (error) throw new Error(error.errors?.map((e) => e.parameter ?? e.pointer).join() ?? error.title);
  if (response.status === 304 || data === undefined) return "";
  return (data.body?.blocks ?? []).map(show).join("\n") + (data.bodyTruncated ? " Keep reading." : "");
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

// An app's copy: every kind of change, told apart by its type.
export async function sync(copy: Map<string, unknown>, cursor: string | undefined): Promise<string> {
  for (let at = cursor; ; ) {
    const { data, error } = await site.GET("/v1/sync", {
      params: { query: at === undefined ? { section: ["power"], body: ["html"], limit: 500 } : { cursor: at, wait: 30 } },
    });
    if (error) throw new Error(error.code === "sync-expired" ? `start again at ${error.restart ?? ""}` : error.title);
    for (const change of data.changes)
      if (change.op === "upsert") copy.set(change.id, shown(change));
      else copy.delete(change.id);
    at = data.cursor;
    if (!data.hasMore) return at;
  }
}

function shown(change: Schemas["EntityChange"]): string {
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

const desk = createClient<paths>({ baseUrl: "https://cms.example", headers: { Authorization: "Bearer cms_…" } });

export async function writeAndPublish(): Promise<Schemas["EditorialArticle"]> {
  const draft: Schemas["ArticleInput"] = {
    headline: "The last ferry to Saltmere",
    body: { blocks: [{ type: "paragraph", html: "It leaves at 23:10." }, { type: "list", ordered: false, items: [{ html: "Nurses" }] }] },
  };
  const made = await desk.POST("/v1/editorial/articles", { body: draft });
  if (made.error) throw new Error(made.error.code);

  const path = { slugOrId: made.data.id };
  const changed = await desk.PATCH("/v1/editorial/articles/{slugOrId}", {
    params: { path, header: { "If-Match": made.response.headers.get("ETag") ?? "" } },
    body: { kicker: null, section: "people", heroImage: { caption: "Pier four" } },
  });
  if (changed.error) throw new Error(`${changed.error.code} ${changed.error.currentRevision ?? ""}`);

  const published = await desk.POST("/v1/editorial/articles/{slugOrId}/publish", { params: { path } });
  if (published.error) throw new Error(published.error.detail);
  const status: "draft" | "inReview" | "scheduled" | "published" | "unpublished" | "trashed" = published.data.status;
  void status;
  return published.data;
}

export async function mustNotCompile(): Promise<void> {
  // @ts-expect-error there is no such sort
  await site.GET("/v1/articles", { params: { query: { sort: "views" } } });
  // @ts-expect-error there is no such parameter
  await site.GET("/v1/articles", { params: { query: { page: 2 } } });
  // @ts-expect-error an article needs a headline
  await desk.POST("/v1/editorial/articles", { body: { kicker: "Islands" } });
  // @ts-expect-error a change says which revision it starts from
  await desk.PATCH("/v1/editorial/articles/{slugOrId}", { params: { path: { slugOrId: "x" } }, body: {} });
  // @ts-expect-error delivery is read only
  await site.POST("/v1/articles", {});
}
