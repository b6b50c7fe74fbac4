// Sends what a person fills in, as JSON, and shows the page anew when it has changed. The server draws everything.
"use strict";

const base = location.pathname.replace(/\/+$/, "");
const LOOK_MS = 2000;

function tell(text) {
  const alert = document.getElementById("alert");
  if (alert === null) return;
  alert.textContent = text;
  alert.hidden = false;
  alert.scrollIntoView({ block: "nearest" });
}

async function ask(what, body) {
  const answer = await fetch(`${base}/${what}`, {
    method: body === null ? "GET" : "POST",
    headers: body === null ? {} : { "content-type": "application/json" },
    body: body === null ? null : JSON.stringify(body),
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    cache: "no-store",
  });
  return { ok: answer.ok, status: answer.status, body: await answer.json() };
}

function filledIn(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) values[name] = value;
  return form.dataset.do === "answer" ? { values } : values;
}

async function send(form) {
  const buttons = document.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(form.dataset.do, filledIn(form));
    if (answer.ok) {
      location.reload();
      return;
    }
    tell(answer.body.detail || "This did not work. Try again.");
  } catch {
    tell("The server cannot be reached. Look at your connection and try again.");
  }
  buttons.forEach((button) => (button.disabled = false));
  document.body.removeAttribute("aria-busy");
}

async function look() {
  try {
    const answer = await ask("state", null);
    if (answer.ok ? answer.body.version !== document.body.dataset.version : answer.status < 429) {
      location.reload();
      return;
    }
  } catch {
    // The next look may reach it.
  }
  setTimeout(look, LOOK_MS);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});

if (document.body.dataset.waits === "yes") setTimeout(look, LOOK_MS);
