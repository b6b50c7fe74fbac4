// Drives every operation of the vendor's own client against a running Trunkline, requests and responses validated, and what
// the client lacks through its raw sender. Prints one JSON object: each operation and what it came to.
import { UnipileClient } from "unipile-node-sdk";

const [url, key] = process.argv.slice(2);
const client = new UnipileClient(url, key, {
  validateRequestPayload: true,
  validateRequestPayloadLevel: "error",
  logRequestPayload: false,
  logRequestResult: false,
});
const { account, messaging } = client;
const done = {};

/** Runs one operation; keeps the `object` of its answer. */
async function run(name, call) {
  try {
    const answer = await call();
    done[name] = answer instanceof Blob ? `bytes:${answer.size > 0}` : (answer.object ?? Object.keys(answer).sort().join());
    return answer;
  } catch (error) {
    const body = error.body instanceof Blob ? await error.body.text() : error.body;
    const first = Array.isArray(body) ? body[0] : body;
    throw new Error(`${name}: ${error.constructor.name} ${error.message} ${JSON.stringify(first)?.slice(0, 800)}`);
  }
}

/** An operation that the client has no method for. */
const raw = (name, method, path, body) =>
  run(name, () =>
    client.request.send({
      path,
      method,
      body,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      options: { validateRequestPayload: false },
    }),
  );

/** Every page of a list. */
async function all(name, list, input = {}) {
  const items = [];
  let cursor;
  do {
    const page = await run(name, () => list({ ...input, limit: 40, ...(cursor ? { cursor } : {}) }));
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return items;
}

const accounts = await all("getAllAccounts", (input) => account.getAll(input));
for (const each of accounts) await run("getAccount", () => account.getOne(each.id));
const of = (type) => accounts.find((each) => each.type === type).id;

const { webhook } = client;
const hook = await run("createWebhook", () =>
  webhook.create({
    source: "messaging",
    request_url: "https://app.example.org/in",
    name: "inbox",
    format: "json",
    enabled: false,
    account_ids: [of("WHATSAPP")],
    headers: [{ key: "Unipile-Auth", value: "sesame" }],
    data: [{ name: "body", key: "message" }],
    events: ["message_received", "message_read", "message_reaction"],
  }),
);
await run("createStatusWebhook", () =>
  webhook.create({ source: "account_status", request_url: "https://app.example.org/in", enabled: false }),
);
await run("listWebhooks", () => webhook.getAll());
await run("deleteWebhook", () => webhook.delete(hook.webhook_id));

const chats = await all("getAllChats", (input) => messaging.getAllChats(input));
const messages = [];
for (const chat of chats) {
  await run("getChat", () => messaging.getChat(chat.id));
  await run("getAllAttendeesFromChat", () => messaging.getAllAttendeesFromChat(chat.id));
  messages.push(
    ...(await all("getAllMessagesFromChat", (input) => messaging.getAllMessagesFromChat({ ...input, chat_id: chat.id }))),
  );
}
await all("getAllMessages", (input) => messaging.getAllMessages(input));
await run("getMessage", () => messaging.getMessage(messages[0].id));
const withFile = messages.find((each) => each.attachments.some((file) => !file.unavailable));
const file = withFile.attachments.find((each) => !each.unavailable);
await run("getMessageAttachment", () =>
  messaging.getMessageAttachment({ message_id: withFile.id, attachment_id: file.id }),
);
const attendees = await all("getAllAttendees", (input) => messaging.getAllAttendees(input));
for (const each of attendees) await run("getAttendee", () => messaging.getAttendee(each.id));
const whatsapp = chats.filter((each) => each.account_type === "WHATSAPP");
const single = whatsapp.find((each) => each.type === 0 && !each.read_only);
const people = await run("getAllAttendeesFromChat", () => messaging.getAllAttendeesFromChat(single.id));
const other = people.items.find((each) => !each.is_self);
await all("getAllChatsFromAttendee", (input) => messaging.getAllChatsFromAttendee({ ...input, attendee_id: other.id }));
await all("getAllMessagesFromAttendee", (input) =>
  messaging.getAllMessagesFromAttendee({ ...input, attendee_id: other.id }),
);

const sent = await run("sendMessage", () =>
  messaging.sendMessage({ chat_id: single.id, text: "Hello from the vendor's client", attachments: [["note.txt", Buffer.from("hello")]] }),
);
const plain = await run("sendMessage", () => messaging.sendMessage({ chat_id: single.id, text: "One more" }));
await run("startNewChat", () =>
  messaging.startNewChat({ account_id: single.account_id, attendees_ids: [other.provider_id], text: "Hello again" }),
);
await run("setChatStatus", () => messaging.setChatStatus({ chat_id: single.id, action: "setReadStatus", value: true }));

await raw("patchMessage", "PATCH", ["messages", plain.message_id], { text: "One more, edited" });
await raw("addReaction", "POST", ["messages", plain.message_id, "reaction"], { reaction: "👍" });
await raw("forwardMessage", "POST", ["messages", sent.message_id, "forward"], { chat_id: single.id });
await raw("deleteMessage", "DELETE", ["messages", plain.message_id]);
await raw("syncChatHistory", "GET", ["chats", single.id, "sync"]);
await raw("deleteChat", "DELETE", ["chats", single.id]);
const pictured = attendees.find((each) => each.picture_url) ?? other;
await raw("getAttendeeProfilePicture", "GET", ["chat_attendees", pictured.id, "picture"]);

await run("connectWhatsapp", () => account.connectWhatsapp());
await run("connectTelegram", () => account.connectTelegram());
await run("reconnectWhatsapp", () => account.reconnectWhatsapp(of("WHATSAPP")));
await run("reconnectTelegram", () => account.reconnectTelegram(of("TELEGRAM")));
const login = { username: "alex", password: "secret" };
const linkedin = await run("connectLinkedin", () => account.connectLinkedin(login));
await raw("resendCheckpoint", "POST", ["accounts", "checkpoint", "resend"], {
  account_id: linkedin.account_id,
  provider: "LINKEDIN",
}).catch((error) => {
  if (!error.message.includes("cannot_resend_yet")) throw error;
  done.resendCheckpoint = "too early";
});
await run("solveCodeCheckpoint", () =>
  account.solveCodeCheckpoint({ account_id: linkedin.account_id, provider: "LINKEDIN", code: "123456" }),
);
await run("connectInstagram", () => account.connectInstagram(login));
await run("connectMessenger", () => account.connectMessenger(login));
await run("connectTwitter", () => account.connectTwitter({ ...login, email: "alex@example.org" }));
await run("connect", () => account.connect({ provider: "LINKEDIN", ...login }));
await run("reconnectLinkedin", () => account.reconnectLinkedin({ account_id: of("LINKEDIN"), ...login }));
const instagram = await run("reconnectInstagram", () =>
  account.reconnectInstagram({ account_id: of("INSTAGRAM"), ...login }),
);
await run("solveReconnect", () =>
  account.solveCodeCheckpoint({ account_id: instagram.account_id, provider: "INSTAGRAM", code: "123456" }),
);
await run("reconnectMessenger", () => account.reconnectMessenger({ account_id: of("MESSENGER"), ...login }));
await run("reconnectTwitter", () =>
  account.reconnectTwitter({ account_id: of("TWITTER"), ...login, email: "alex@example.org" }),
);
await run("reconnect", () => account.reconnect({ account_id: of("TWITTER"), provider: "TWITTER", ...login, email: "alex@example.org" }));
await run("resyncLinkedinAccount", () => account.resyncLinkedinAccount({ account_id: of("LINKEDIN") }));
await raw("restart", "POST", ["accounts", of("SLACK"), "restart"]);
await run("deleteAccount", () => account.delete(of("SLACK")));

console.log(JSON.stringify({ done, counts: { accounts: accounts.length, chats: chats.length, messages: messages.length } }));
