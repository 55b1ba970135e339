export default {
  input: "../../../openapi/cms.v1.json",
  // With extensions, as Node resolves modules.
  output: { path: "generated/hey-api", module: { extension: ".js" } },
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
};
