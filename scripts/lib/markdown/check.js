// Starts a server, has it keep bodies of hostile text, and shows their Markdown form with three renderers of GitHub Flavored Markdown.
// Each must show the words of the HTML form, and no element or attribute that the HTML form does not have.
//   node check.js CMS_DLL DATA_DIRECTORY
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { Marked } from "marked";
import { parseFragment } from "parse5";
import rehypeRaw from "rehype-raw";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

const [cms, data] = process.argv.slice(2);

// What a GFM renderer makes a link of by itself, and what stands there where it ends.
const addresses = [
  "https://a.example/",
  "http://a.example/?q=1&copy=2",
  "HTTPS://A.example/a_b_c*d*",
  "(https://a.example/x.",
  "ftp://a.example/",
  "www.a.example/",
  "WWW.a.example/https://b.example/",
  "*www.a.example",
  "mailto:a@b.example",
  "xmpp:a@b.example/",
  "a@b.example",
  "a_b_@b.example",
  "//a.example/",
  "&lt;https://a.example/&gt;",
];
const payloads = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "<svg/onload=alert(1)>",
  "<a href=javascript:alert(1)>x</a>",
  "</p><iframe srcdoc=x>",
  "\\<b onclick=x>",
  "\\\\<b onclick=x>",
  "&lt;b onclick=x&gt;",
  "&#60;b onclick=x&#x3e;",
  "<!-- x",
  "<?x ?>",
  "<![CDATA[ x ]]>",
  "<javascript:alert(1)>",
  "<https://c.example/<b>>",
  "[t](javascript:alert(1))",
  "![t](x\"onerror=alert(1))",
  "[t]: javascript:alert(1)",
  "[^1] [^1]: x",
  "[ ] x",
  "**b** __b__ ***b***",
  "*i* _i_ a_i_a",
  "~~s~~ ~s~",
  "`c` ``c` ``",
  "| a | b |",
  "a|b\n-|-\nc|d",
  "a\n===\nb\n---",
  "# h\n> q\n- l\n1. n\n1) n\n+ m\n* k",
  "``` x\n~~~ y",
  "    four spaces",
  "\\",
  "\\\n\\\n<b>",
  "a & b &amp; &copy; &copy &",
  "'\"(){}[]!:;.,?#^$%@=+",
  "]( <b> )",
  "\u00a0<b>\u00a0",
  "x \u200b<b>",
  "AT&T R&D Q&A; x&y;",
  "$x$ :x: @x #1 ==x== ^x^",
];
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const inline = (text) => escape(text).replaceAll("\n", "<br>");

// Every place of a body that a text can stand in.
const places = (text, image) => {
  const html = inline(text);
  const [first, ...others] = text;
  const marked = (mark) => `${escape(first)}<${mark}>${inline(others.join(""))}</${mark}>`;
  const line = text.replaceAll("\n", " ");
  return [
    { type: "paragraph", html },
    { type: "paragraph", html: `before ${html} after` },
    { type: "heading", level: 2, html },
    { type: "list", ordered: false, items: [{ html, list: { ordered: true, items: [{ html }] } }] },
    { type: "list", ordered: true, start: 7, items: [{ html: `<a href="https://l.example/">x</a> ${html}` }] },
    { type: "quote", paragraphs: [html, html] },
    { type: "quote", paragraphs: [html], attribution: html },
    { type: "table", header: [html, "b"], rows: [[html, html], ["c", html]] },
    { type: "table", rows: [[html]], caption: html },
    { type: "code", code: text, language: "c_d" },
    { type: "embed", url: "https://e.example/a_b_c?d=1&e=2", title: line },
    { type: "html", html: `<dl><dt>${html}</dt><dd><p>${html}</p><pre>${escape(text)}</pre></dd></dl>` },
    { type: "image", image: { id: image, alt: line, caption: "", credit: "" } },
    { type: "image", image: { id: image, alt: line } },
    { type: "paragraph", html: `<a href="https://l.example/a_(b)_*c*?d=1&amp;e=2">${html}</a> ${html}` },
    { type: "paragraph", html: `<a href="https://l.example/">x<strong>${html}</strong> <code>${html}</code></a>${html}` },
    { type: "paragraph", html: `<a href="https://l.example/" title="${escape(line).replaceAll('"', "&quot;")}" rel="nofollow">x</a>` },
    { type: "paragraph", html: `${html}<a href="https://l.example/" title="${escape(line).replaceAll('"', "&quot;")}">x</a>${html}` },
    ...["strong", "em", "s", "mark", "sub", "sup", "code"].map((mark) => ({
      type: "paragraph",
      html: `${html}<${mark}>x</${mark}> ${marked(mark)} <${mark}>${html}</${mark}>${html}`,
    })),
  ];
};

const texts = [
  ...payloads,
  ...addresses,
  ...addresses.flatMap((address) =>
    payloads.flatMap((payload) => [
      address + payload,
      `${payload}${address}x`,
      `${address} ${payload}`,
      `${address}\n${payload}`,
    ]),
  ),
];

const markdownIt = new MarkdownIt({ html: true, linkify: true });
const remark = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeStringify);
const renderers = {
  marked: (markdown) => new Marked({ gfm: true }).parse(markdown),
  "markdown-it": (markdown) => markdownIt.render(markdown),
  "remark-gfm": (markdown) => String(remark.processSync(markdown)),
};

const server = spawn("dotnet", [cms, "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--no-demo"], {
  stdio: ["ignore", "pipe", "inherit"],
  env: process.env,
});
let failures = 0;
let compared = 0;
try {
  const address = await welcome();
  const key = readFileSync(`${data}/admin.key`, "utf8").trim();
  const call = async (method, path, body) => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${address}/v1/editorial${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, ...(isForm || !body ? {} : { "Content-Type": "application/json" }) },
      body: isForm || !body ? body : JSON.stringify(body),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${(await response.clone().text()).slice(0, 2000)}`);
    return response.json();
  };

  const form = new FormData();
  form.append("file", new Blob([readFileSync("../../../src/Cms/Demo/images/skyline-dusk.jpg")]), "dusk.jpg");
  const image = (await call("POST", "/images", form)).id;

  // Groups of blocks between dividers, so that a failure is told for one text.
  const group = 40;
  for (let from = 0; from < texts.length; from += group) {
    const part = texts.slice(from, from + group);
    const blocks = part.flatMap((text) => [...places(text, image), { type: "divider" }]);
    const { id } = await call("POST", "/articles", { headline: `Texts ${from}`, body: { blocks } });
    const { body } = await call("GET", `/articles/${id}?body=markdown,html`);
    const markdown = body.markdown.split("\n\n---");
    const html = body.html.split("\n<hr>");
    assert.equal(markdown.length, part.length + 1);
    assert.equal(html.length, part.length + 1);
    part.forEach((text, i) => {
      for (const [name, render] of Object.entries(renderers)) compare(name, text, markdown[i], render(markdown[i]), html[i]);
    });
  }
} finally {
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}
if (failures > 0) {
  console.error(`${failures} of ${compared} Markdown forms do not show what the HTML form shows.`);
  process.exit(1);
}
console.log(`${compared} Markdown forms show what the HTML form shows, with ${Object.keys(renderers).join(", ")}.`);

function compare(renderer, text, markdown, rendered, html) {
  compared++;
  const right = contents(html);
  const shown = contents(rendered);
  const faults = [];
  // Markdown has no element for a lone paragraph in an item, and its renderers write <del> for <s>.
  const names = new Set([...right.elements.map((e) => e.name), "p"]);
  for (const element of shown.elements) {
    if (isBareLink(element)) continue;
    const name = element.name === "del" ? "s" : element.name;
    if (!names.has(name)) faults.push(`<${element.name}> is not in the HTML form`);
    for (const [attribute, value] of element.attributes) {
      const known = right.elements.some(
        (e) => e.name === name && e.attributes.some(([a, v]) => a === attribute && same(v, value)),
      );
      if (!known) faults.push(`<${element.name} ${attribute}="${value}"> is not in the HTML form`);
    }
  }
  if (shown.text !== right.text) faults.push(difference(shown.text, right.text));
  if (faults.length === 0) return;
  if (failures++ < 10)
    console.error(`${renderer}, ${JSON.stringify(text)}:\n  ${faults.slice(0, 5).join("\n  ")}\n  Markdown: ${JSON.stringify(markdown).slice(0, 300)}`);
}

// Addresses are compared as browsers read them.
function same(one, other) {
  const decoded = (value) => {
    try {
      return decodeURI(value);
    } catch {
      return value;
    }
  };
  return one === other || decoded(one) === decoded(other);
}

// A link that the renderer made of a bare address: it leads to what it says.
function isBareLink({ name, attributes, text }) {
  if (name !== "a" || attributes.length !== 1 || attributes[0][0] !== "href") return false;
  const href = attributes[0][1];
  const target = /^(https?:|ftp:|mailto:|xmpp:)?(\/\/)?/i;
  const bare = (value) => value.replace(target, "");
  return /^(https?|ftp|mailto|xmpp):|^\/\//i.test(href) && same(bare(href).toLowerCase(), bare(text).toLowerCase());
}

function contents(html) {
  const elements = [];
  const textOf = (node) =>
    node.nodeName === "#text" ? node.value : (node.content?.childNodes ?? node.childNodes ?? []).map(textOf).join("");
  const visit = (node) => {
    if (node.tagName)
      elements.push({
        name: node.tagName,
        attributes: node.attrs.map(({ name, value }) => [name, value]),
        text: textOf(node),
      });
    for (const child of node.childNodes ?? []) visit(child);
    for (const child of node.content?.childNodes ?? []) visit(child);
  };
  const root = parseFragment(html);
  visit(root);
  return { elements, text: textOf(root).replace(/[ \t\n\r]+/g, "") };
}

function difference(shown, right) {
  let at = 0;
  while (at < right.length && shown[at] === right[at]) at++;
  const from = Math.max(0, at - 20);
  return `it says ${JSON.stringify(shown.slice(from, at + 40))} for ${JSON.stringify(right.slice(from, at + 40))}`;
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
