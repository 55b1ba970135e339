// Serves the bucket "pictures" from a folder, and prints its address: node serve.js FOLDER
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const S3rver = require("@20minutes/s3rver");
const v4 = require("@20minutes/s3rver/lib/signature/v4.js");

// It checks the path of a bucket without the slash at its end, which the SDK sends and signs.
const { getStringToSign } = v4;
v4.getStringToSign = (request, signature) =>
  getStringToSign({ ...request, uri: request.uri.replace(/^(\/[^/]+)$/, "$1/") }, signature);

const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  directory: process.argv[2],
  silent: true,
  configureBuckets: [{ name: "pictures", configs: [] }],
});
const { port } = await server.run();
console.log(`http://127.0.0.1:${port}`);
