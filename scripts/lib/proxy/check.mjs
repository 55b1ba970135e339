// Starts a server with the demo newsroom and more articles, puts nginx with its defaults in front, and asks for every kind of list through it, at its longest:
// nginx answers 502 where a header does not fit its buffer. Then sends bodies that are too large or not allowed with fetch: each refusal must arrive.
//   node check.mjs CMS_DLL DIRECTORY NGINX
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";

const [cms, directory, nginxProgram] = process.argv.slice(2);
const megabyte = 1024 * 1024;

const server = spawn("dotnet", [cms, "serve", "--urls", "http://127.0.0.1:0", "--data", `${directory}/newsroom`], {
  stdio: ["ignore", "pipe", "inherit"],
});
let nginx;
try {
  const address = await welcome(server);
  const key = readFileSync(`${directory}/newsroom/admin.key`, "utf8").trim();
  const proxied = await startNginx(new URL(address).port);
  await publish(address, key);

  const lists = [
    "/v1/articles",
    "/v1/articles?sort=headline",
    "/v1/articles?access=public,registered&body=html,text",
    "/v1/articles?section=crowd",
    "/v1/articles?tag=crowd&sort=-updatedAt&count=exact",
    "/v1/search?q=crowd&facets=section,author,tag,month",
    "/v1/search?q=crowd&sort=-publishedAt",
    "/v1/sections",
    "/v1/authors",
    "/v1/tags",
    "/v1/sync?body=html,text",
    "/v1/editorial/articles",
    "/v1/editorial/sections",
    "/v1/editorial/authors",
    "/v1/editorial/tags",
    "/v1/editorial/images",
  ];
  let longest = 0;
  for (const list of lists) {
    const headers = list.includes("editorial") ? { Authorization: `Bearer ${key}` } : {};
    let url = `${list}${list.includes("?") ? "&" : "?"}limit=100`;
    longest = Math.max(longest, await pass(proxied, url, headers));
    // Further pages have links to both sides.
    url = url.replace("limit=100", "limit=3");
    const first = await (await fetch(proxied + url, { headers })).json();
    if (first.page?.next) longest = Math.max(longest, await pass(proxied, `${url}&cursor=${first.page.next}`, headers));
  }
  const { data } = await (await fetch(`${proxied}/v1/articles?section=crowd&limit=1`)).json();
  for (const url of [data[0].url, `${data[0].url}/related?limit=20`, `/v1/images/${data[0].heroImage?.id ?? ""}`])
    if (!url.endsWith("/")) longest = Math.max(longest, await pass(proxied, url, {}));

  await refusals(address, key);
  console.log(`${lists.length} kinds of lists passed through nginx, with headers of at most ${longest} bytes; every refusal reached fetch.`);
} finally {
  nginx?.kill("SIGQUIT");
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}

/** The size of an answer's header, which must have come through. */
async function pass(base, url, headers) {
  const response = await fetch(base + url, { headers });
  const text = await response.text();
  assert.equal(response.status, 200, `${url}: ${response.status} ${text.slice(0, 200)}`);
  return [...response.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 17);
}

/** A hundred articles, each with a section, an author and tags of its own. */
async function publish(base, token) {
  const call = async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };
  await call("POST", "/v1/editorial/sections", { name: "Crowd", slug: "crowd" });
  for (let n = 0; n < 100; n++) {
    await call("POST", "/v1/editorial/sections", { name: `Crowd ${n}`, slug: `crowd-${n}`, parent: "crowd" });
    await call("POST", "/v1/editorial/authors", { name: `Author ${n}`, slug: `crowd-author-${n}` });
    const { id } = await call("POST", "/v1/editorial/articles", {
      headline: `${n} in the crowd ${"„".repeat(200)}`,
      section: `crowd-${n}`,
      authors: [`crowd-author-${n}`],
      tags: ["Crowd", `Crowd tag ${n}`],
      body: { markdown: "One.\n\nTwo.\n\nThree." },
    });
    await call("POST", `/v1/editorial/articles/${id}/publish`);
  }
}

async function refusals(base, token) {
  const authorization = { Authorization: `Bearer ${token}` };
  const json = { "Content-Type": "application/json" };
  const bytes = new Uint8Array(8 * megabyte).fill(32);
  const stream = () =>
    new ReadableStream({
      start(controller) {
        for (let n = 0; n < 8; n++) controller.enqueue(bytes.subarray(0, megabyte));
        controller.close();
      },
    });
  const form = () => {
    const fields = new FormData();
    fields.append("file", new Blob([bytes, bytes, bytes, bytes]), "a.png");
    return fields;
  };
  const cases = [
    [401, "/v1/editorial/articles", json, () => bytes],
    [401, "/v1/editorial/articles", json, stream],
    [401, "/v1/editorial/images", {}, form],
    [404, "/v1/editorial/nothing", { ...json, ...authorization }, () => bytes],
    [405, "/v1/articles", json, () => bytes],
    [413, "/v1/editorial/articles", { ...json, ...authorization }, () => bytes],
    [413, "/v1/editorial/articles", { ...json, ...authorization }, stream],
    [413, "/v1/editorial/images", authorization, form],
    [415, "/v1/editorial/articles", { ...authorization, "Content-Type": "text/plain" }, () => bytes],
    [415, "/v1/editorial/articles", { ...json, ...authorization, "Content-Encoding": "gzip" }, () => bytes],
  ];
  for (const [status, path, headers, body] of cases)
    for (let time = 0; time < 5; time++) {
      const response = await fetch(base + path, { method: "POST", headers, body: body(), duplex: "half" });
      assert.equal(response.status, status, `${path}: ${response.status} ${await response.clone().text()}`);
      assert.equal((await response.json()).status, status);
    }
}

async function startNginx(upstream) {
  const port = await freePort();
  // What the package's own example says, and nothing else about buffers.
  writeFileSync(
    `${directory}/nginx.conf`,
    `daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
     events { worker_connections 64; }
     http {
       access_log off;
       ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory}/${name};`).join(" ")}
       server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${upstream}; } }
     }`,
  );
  nginx = spawn(nginxProgram, ["-p", directory, "-c", `${directory}/nginx.conf`, "-e", `${directory}/nginx.log`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const base = `http://127.0.0.1:${port}`;
  for (;;) {
    assert.equal(nginx.exitCode, null, "nginx ended.");
    try {
      await fetch(`${base}/health/live`);
      return base;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  return port;
}

/** The address, once the server has said that it serves. */
function welcome(child) {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Press Ctrl-C")) resolve(new URL(/API +(\S+)/.exec(said)[1]).origin);
    });
    child.once("exit", () => reject(new Error(`The server ended: ${said}`)));
  });
}
