// Starts a server with the demo newsroom, and has each generated client do what sites and editors' tools do.
//   node check.js CMS_DLL DATA_DIRECTORY KIOTA_CHECK_DLL
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check as openapiFetch } from "./generated/js/openapi-fetch.js";
import { check as heyApi } from "./generated/js/hey-api.js";

const [cms, data, kiota] = process.argv.slice(2);
const pictureAt = new URL("../../../src/Cms/Demo/images/skyline-dusk.jpg", import.meta.url);
const picture = readFileSync(pictureAt);
const server = spawn("dotnet", [cms, "serve", "--urls", "http://127.0.0.1:0", "--data", data], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const address = await welcome();
  const key = readFileSync(`${data}/admin.key`, "utf8").trim();
  await openapiFetch(address, key, picture);
  await heyApi(address, key, picture);
  const client = spawn("dotnet", [kiota, address, key, fileURLToPath(pictureAt)], { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(client, "exit");
  if (code !== 0) throw new Error("The client that Kiota makes does not work.");
} finally {
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
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
