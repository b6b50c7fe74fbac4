// Draws the operations of /openapi.json and makes calls. All text is set as text, never as HTML.
"use strict";

const at = new URL("../../", location.href);
const SHOWN_MOST = 200000;
let operations = [];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function read(description) {
  const found = [];
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, one] of Object.entries(methods)) {
      const group = `${one.tags[0]}: ${path.split("/")[1]}`;
      found.push({ ...one, path, method: method.toUpperCase(), group });
    }
  }
  const place = (one) => (one.tags[0] === "messaging" ? "0" : "1") + one.group + one.path;
  return found.sort((one, other) => place(one).localeCompare(place(other)));
}

function list(words) {
  const holder = document.getElementById("operations");
  const groups = new Map();
  for (const one of operations) {
    const text = `${one.method} ${one.path} ${one.operationId} ${one.summary}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    if (!groups.has(one.group)) groups.set(one.group, []);
    groups.get(one.group).push(one);
  }
  holder.replaceChildren(
    ...[...groups].map(([group, members]) =>
      make("section", {}, make("h2", {}, group), make("ul", {}, ...members.map((one) => make("li", {}, link(one))))),
    ),
  );
  if (groups.size === 0) holder.replaceChildren(make("p", {}, "Nothing is called like that."));
}

function link(one) {
  return make(
    "a",
    { href: `#${one.operationId}`, title: one.summary },
    make("span", { class: `method ${one.method.toLowerCase()}` }, one.method),
    ` ${one.path}`,
  );
}

function kind(schema) {
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "array") return `list of ${kind(schema.items || {})}`;
  return [schema.type].flat().join(" or ") || "value";
}

function field(parameter) {
  const schema = parameter.schema || {};
  const shared = { name: parameter.name, "data-in": parameter.in, required: parameter.required, autocomplete: "off" };
  let input;
  if (schema.enum || schema.type === "boolean") {
    const values = schema.enum || ["true", "false"];
    input = make("select", shared, make("option", { value: "" }, ""), ...values.map((value) => make("option", {}, String(value))));
  } else {
    input = make("input", { ...shared, placeholder: parameter.example === undefined ? "" : String(parameter.example), spellcheck: "false" });
  }
  const needed = parameter.required ? ", required" : "";
  return make(
    "label",
    {},
    make("span", { class: "name" }, parameter.name),
    make("span", { class: "kind" }, ` ${parameter.in}: ${kind(schema)}${needed}`),
    make("span", { class: "said" }, parameter.description || ""),
    input,
  );
}

function bodyFields(one) {
  const json = one.requestBody && one.requestBody.content["application/json"];
  if (!json) return [];
  const required = json.schema.required || [];
  const rows = Object.entries(json.schema.properties || {}).map(([name, schema]) =>
    make(
      "li",
      {},
      make("span", { class: "name" }, name),
      make("span", { class: "kind" }, ` ${kind(schema)}${required.includes(name) ? ", required" : ""}`),
      make("span", { class: "said" }, schema.description || ""),
    ),
  );
  const text = make("textarea", { id: "body", rows: 8, spellcheck: "false" });
  text.value = JSON.stringify(json.example || {}, null, 2);
  const names = make("details", {}, make("summary", {}, `${rows.length} names that the body can have`), make("ul", { class: "names" }, ...rows));
  return [make("label", {}, make("span", { class: "name" }, "Body, as JSON"), text), names];
}

function request(one, form) {
  let path = one.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const input of form.querySelectorAll("[data-in]")) {
    const value = input.value;
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value !== "" && input.dataset.in === "query") query.append(input.name, value);
    else if (value !== "") headers[input.name] = value;
  }
  const pcid = document.getElementById("pcid").value.trim();
  if (pcid !== "" && !("Trunkline-PCID" in headers)) headers["Trunkline-PCID"] = pcid;
  const text = form.querySelector("#body");
  const body = text !== null && text.value.trim() !== "" ? text.value : null;
  if (body !== null) headers["content-type"] = "application/json";
  const asked = query.toString();
  return { url: new URL(`api/v1${path}${asked ? `?${asked}` : ""}`, at), headers, body };
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl(one, sent) {
  const lines = [`curl -X ${one.method} ${quoted(sent.url.href)}`, '-H "X-API-KEY: $KEY"'];
  for (const [name, value] of Object.entries(sent.headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (sent.body !== null) lines.push(`-d ${quoted(sent.body)}`);
  return lines.join(" \\\n  ");
}

async function call(one, form) {
  const shown = document.getElementById("answer");
  const sent = request(one, form);
  document.getElementById("curl").textContent = curl(one, sent);
  shown.replaceChildren(make("p", { role: "status" }, "Waiting for the answer."));
  const began = performance.now();
  try {
    const answer = await fetch(sent.url, {
      method: one.method,
      headers: { ...sent.headers, "X-API-KEY": document.getElementById("key").value },
      body: sent.body,
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
    });
    const bytes = await answer.blob();
    const took = Math.round(performance.now() - began);
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    shown.replaceChildren(
      make("p", { role: "status", class: answer.ok ? "right" : "wrong" }, `${answer.status}, ${bytes.size} bytes in ${took} ms`),
      make("details", {}, make("summary", {}, "Headers"), make("pre", {}, headers)),
      await shownBody(answer, bytes),
    );
  } catch {
    shown.replaceChildren(make("p", { role: "status", class: "wrong" }, "The server cannot be reached, or the values cannot be sent."));
  }
}

async function shownBody(answer, bytes) {
  const type = answer.headers.get("content-type") || "";
  if (!type.startsWith("application/json")) {
    const save = make("a", { href: URL.createObjectURL(bytes), download: "answer" }, `Save these ${bytes.size} bytes of ${type || "no type"}`);
    return make("p", {}, save);
  }
  const text = JSON.stringify(JSON.parse(await bytes.text()), null, 2);
  const cut = text.length > SHOWN_MOST ? `${text.slice(0, SHOWN_MOST)}\n… ${text.length - SHOWN_MOST} more characters` : text;
  return make("pre", { id: "body-shown", tabindex: "0" }, cut);
}

function show() {
  const one = operations.find((each) => each.operationId === decodeURIComponent(location.hash.slice(1)));
  if (one === undefined) return;
  const form = make("form", {}, ...(one.parameters || []).map(field), ...bodyFields(one), make("button", { type: "submit" }, "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    call(one, form);
  });
  form.addEventListener("input", () => {
    document.getElementById("curl").textContent = curl(one, request(one, form));
  });
  const holder = document.getElementById("operation");
  holder.replaceChildren(
    make("h2", {}, make("span", { class: `method ${one.method.toLowerCase()}` }, one.method), ` ${one.path}`),
    ...one.description.split("\n\n").map((part) => make("p", {}, part)),
    form,
    make("h3", {}, "As a command"),
    make("pre", { id: "curl", tabindex: "0" }),
    make("h3", {}, "Answer"),
    make("div", { id: "answer" }, make("p", {}, "Nothing was sent yet.")),
  );
  document.getElementById("curl").textContent = curl(one, request(one, form));
  holder.focus();
}

async function begin() {
  const answer = await fetch(new URL("openapi.json", at), { credentials: "omit" });
  operations = read(await answer.json());
  list(wanted());
  show();
}

function wanted() {
  return document.getElementById("find").value.toLowerCase().split(/\s+/);
}

document.getElementById("find").addEventListener("input", () => list(wanted()));
window.addEventListener("hashchange", show);
begin();
