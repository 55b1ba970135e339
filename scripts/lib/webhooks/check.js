// Starts a server and a receiver that is written with an independent library for Standard Webhooks, and has one send to the other:
// every signature must be accepted, whatever was tampered with or is old must be refused.
//   node check.js CMS_DLL DATA_DIRECTORY
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const [cms, data] = process.argv.slice(2);
const minutes = 60_000;

const received = [];
let refuseNext = 0;
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    response.statusCode = refuseNext-- > 0 ? 503 : 204;
    response.end();
  });
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");

const server = spawn("dotnet", [cms, "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--no-demo"], {
  stdio: ["ignore", "pipe", "inherit"],
  env: {
    ...process.env,
    Cms__WebhookAllowHttp: "true",
    Cms__WebhookAllowPrivate: "true",
    Cms__WebhookFirstRetry: "1",
  },
});
try {
  const address = await welcome();
  const key = readFileSync(`${data}/admin.key`, "utf8").trim();
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(address + path, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };

  const hook = await call("POST", "/v1/editorial/webhooks", {
    url: `http://127.0.0.1:${receiver.address().port}/hooks`,
    events: ["*"],
  });
  const library = new Webhook(hook.secret);

  // Words of every kind: what is signed is bytes.
  const headlines = ["The last ferry to Saltmere", "Ünïcode: 新聞 и «кавычки»", "Emoji 🗞️ & <tags> \"quotes\"\\ /"];
  refuseNext = 2;
  await call("POST", "/v1/editorial/sections", { name: "Islands", slug: "islands" });
  for (const headline of headlines) {
    const draft = await call("POST", "/v1/editorial/articles", {
      headline,
      section: "islands",
      tags: [headline],
      body: { markdown: headline },
    });
    await call("POST", `/v1/editorial/articles/${draft.id}/publish`);
    await call("POST", `/v1/editorial/articles/${draft.id}/unpublish`);
  }
  await until("every delivery", async () => {
    const { page } = await call("GET", `/v1/editorial/webhooks/${hook.id}/deliveries?status=pending&count=exact`);
    const done = await call("GET", `/v1/editorial/webhooks/${hook.id}/deliveries?status=delivered&count=exact`);
    return page.total === 0 && done.page.total >= 4 * headlines.length;
  });

  for (const { headers, body } of received) {
    assert.deepEqual(library.verify(body, headers), JSON.parse(body));
    refused(library, body.replace('"type"', '"tYpe"'), headers, "a body that was changed");
    refused(library, body + " ", headers, "a body with something after it");
    refused(library, body, { ...headers, "webhook-id": "00000000-0000-0000-0000-000000000000" }, "another id");
    const other = String(Number(headers["webhook-timestamp"]) + 1);
    refused(library, body, { ...headers, "webhook-timestamp": other }, "another time");
    refused(new Webhook("whsec_" + Buffer.alloc(32, 7).toString("base64")), body, headers, "another secret");
    at(Date.now() + 6 * minutes, () => refused(library, body, headers, "an old one"));
    at(Date.now() - 6 * minutes, () => refused(library, body, headers, "one from the future"));
  }
  const ids = new Set(received.map((r) => r.headers["webhook-id"]));
  assert.equal(received.length, ids.size + 2, "two were refused, and came again with the same id");

  const rotated = await call("POST", `/v1/editorial/webhooks/${hook.id}/rotate`);
  await call("POST", `/v1/editorial/webhooks/${hook.id}/ping`);
  const ping = received.at(-1);
  assert.equal(new Webhook(rotated.secret).verify(ping.body, ping.headers).type, "webhook.ping");
  assert.equal(library.verify(ping.body, ping.headers).type, "webhook.ping");
  await call("POST", `/v1/editorial/webhooks/${hook.id}/rotate?overlap=0`);
  await call("POST", `/v1/editorial/webhooks/${hook.id}/ping`);
  const last = received.at(-1);
  refused(library, last.body, last.headers, "the secret from before");
  refused(new Webhook(rotated.secret), last.body, last.headers, "a secret that was ended at once");

  console.log(`${received.length} deliveries were accepted by standardwebhooks, and everything that was tampered with or old refused.`);
} finally {
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  receiver.closeAllConnections();
  receiver.close();
}

function refused(library, body, headers, what) {
  assert.throws(() => library.verify(body, headers), /./, `accepted: ${what}`);
}

function at(time, act) {
  const now = Date.now;
  Date.now = () => time;
  try {
    act();
  } finally {
    Date.now = now;
  }
}

async function welcome() {
  let said = "";
  for await (const chunk of server.stdout) {
    said += chunk;
    if (said.includes("Press Ctrl-C")) {
      server.stdout.resume();
      return /API +(http:\/\/[^/]+)/.exec(said)[1];
    }
  }
  throw new Error(`The server ended instead of serving:\n${said}`);
}

async function until(what, condition) {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `did not come: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
