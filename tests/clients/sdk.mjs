// The official SDK for TypeScript, versions 1 and 2: the packages differ, the calls do not.
import { createRequire } from "node:module";

const asked = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
let parts;
try {
  require.resolve("@modelcontextprotocol/client");
  parts = { ...(await import("@modelcontextprotocol/client")) };
  if (asked.transport === "stdio") Object.assign(parts, await import("@modelcontextprotocol/client/stdio"));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  parts = {
    ...(await import("@modelcontextprotocol/sdk/client/index.js")),
    ...(await import("@modelcontextprotocol/sdk/client/stdio.js")),
    ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
  };
}

const transport =
  asked.transport === "stdio"
    ? new parts.StdioClientTransport({ command: asked.command, args: asked.arguments, env: asked.environment })
    : new parts.StreamableHTTPClientTransport(new URL(asked.address));
const client = new parts.Client({ name: "clients", version: "1.0.0" });
const errors = [];
client.onerror = (error) => errors.push(String(error));
await client.connect(transport);

let resources = 0;
let cursor;
do {
  const page = await client.listResources(cursor ? { cursor } : undefined);
  resources += page.resources.length;
  // Version 2 follows the cursors by itself.
  cursor = page.nextCursor;
} while (cursor);
const found = await client.callTool({ name: "find_codebundle", arguments: { query: asked.query } });
const details = await client.callTool({ name: "get_codebundle_details", arguments: { slug: asked.slug } });
const read = await client.readResource({ uri: asked.resource });
const seen = {
  tools: (await client.listTools()).tools.map((tool) => tool.name),
  resources,
  prompts: (await client.listPrompts()).prompts.length,
  found: found.content[0].text,
  details: details.content[0].text,
  read: read.contents[0].text,
  notes: errors,
};
await client.close();
console.log(JSON.stringify(seen));
